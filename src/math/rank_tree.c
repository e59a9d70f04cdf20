/* A tree of three levels, 64 wide.
 *
 * The binary indexed tree of the textbooks touches a number a level, twenty of them for a million ranks, all over its memory. With branches
 * of 64 an addition touches three numbers, and a sum reads up to 64 neighbours in each level, which a processor does as fast as it waits for one of
 * the others. Beyond 64^3 ranks the trunk grows longer, and with it the sum over it, which still is short beside the rest: a
 * trunk of ten million ranks has 2,441 numbers. */
#include "math/rank_tree.h"

#include <string.h>

enum { WIDE = 64 };

static size_t divide(size_t a)
{
    return a / WIDE + 1;
}

size_t retain__rank_tree_room(size_t ranks)
{
    return ranks + divide(ranks) + divide(divide(ranks));
}

retain__rank_tree retain__rank_tree_begin(size_t ranks, double *room)
{
    const retain__rank_tree tree = {room, room + ranks, room + ranks + divide(ranks), ranks};

    memset(room, 0, retain__rank_tree_room(ranks) * sizeof *room);
    return tree;
}

void retain__rank_tree_add(retain__rank_tree *tree, size_t rank, double weight)
{
    tree->leaf[rank] += weight;
    tree->branch[rank / WIDE] += weight;
    tree->trunk[rank / WIDE / WIDE] += weight;
}

static double sum(const double *from, size_t count)
{
    double lanes[4] = {0.0};

    for (size_t i = 0; i < count; i++)
        lanes[i % 4] += from[i];
    return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}

double retain__rank_tree_below(const retain__rank_tree *tree, size_t rank, double *at)
{
    const size_t branch = rank / WIDE, trunk = branch / WIDE;

    *at = tree->leaf[rank];
    return sum(tree->trunk, trunk) + sum(tree->branch + trunk * WIDE, branch - trunk * WIDE) +
           sum(tree->leaf + branch * WIDE, rank - branch * WIDE);
}
