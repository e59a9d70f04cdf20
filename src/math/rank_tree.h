/* Weights by rank, and how much lies below a rank: for counting the pairs of rows that two orders agree on. */
#ifndef RETAIN_RANK_TREE_H
#define RETAIN_RANK_TREE_H

#include <stddef.h>

/* Sums of 1, 64 and 4096 ranks; all is the caller's memory. */
typedef struct retain__rank_tree {
    double *leaf, *branch, *trunk;
    size_t ranks;
} retain__rank_tree;

/* Numbers that a tree of so many ranks needs. */
size_t retain__rank_tree_room(size_t ranks);

/* An empty tree in `room`, which is cleared. */
retain__rank_tree retain__rank_tree_begin(size_t ranks, double *room);

/* Adds a weight, which may be negative, at a rank. */
void retain__rank_tree_add(retain__rank_tree *tree, size_t rank, double weight);

/* The weights of the ranks below; `*at` receives that of the rank itself. */
double retain__rank_tree_below(const retain__rank_tree *tree, size_t rank, double *at);

#endif
