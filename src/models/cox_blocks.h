/* The partial likelihood of rows none of which enters late, block by block. */
#ifndef RETAIN_COX_BLOCKS_H
#define RETAIN_COX_BLOCKS_H

#include "core/rooms.h"
#include "models/cox_rows.h"

enum {
    RETAIN__COX_BLOCK_ROWS = 512,     /* at most: what is done with them stays in the first-level cache, or the second */
    RETAIN__COX_BLOCK_NUMBERS = 10240 /* rows times columns */
};

/* Rows of a stratum, and what an evaluation finds of them. Triangles are lower ones, row after row. Sums of risks are beside the shift, the largest
 * linear predictor of the block and of those behind it in the stratum. */
typedef struct retain__cox_block {
    size_t first, last; /* rows */
    size_t from, to;    /* times that begin in it */
    size_t stratum;
    int is_tied;          /* do several end at one of these times, each of whom sees another risk set (Efron)? */
    int is_weighted;      /* do those who end at one of these times not have a weight of 1? */
    double largest;       /* linear predictor of the block */
    double shift, factor; /* exp(largest - shift) */
    double *sum;          /* [1 + columns] of risk, and risk x, beside `largest` */
    double *behind;       /* [1 + columns] the same of the blocks behind it in the stratum */
    double *square;       /* [triangle] of risk x x', where columns are few */
    double *own;          /* [triangle] its part of minus the Hessian, but for what its times see of the blocks behind it */
    double *slope;        /* [columns] what its times take off the gradient */
    double hazard, met;   /* of its times, and of those of the blocks before it in the stratum */
    double spilt;         /* what rows meet less that end at a time which began before the block */
    double logs;          /* weighted logarithms of what they see, shift included */
} retain__cox_block;

/* What a pass over a block works with: columns one after the other, of risk and risk x by row, and of S and S1 by time, behind a place for rows before the
 * first time. */
typedef struct retain__cox_room {
    double risk[RETAIN__COX_BLOCK_ROWS + RETAIN__COX_BLOCK_NUMBERS];
    double seen[1 + RETAIN__COX_MOST + 2 * (RETAIN__COX_BLOCK_ROWS + RETAIN__COX_BLOCK_NUMBERS)];
    double factor[RETAIN__COX_BLOCK_ROWS];                             /* of each row: what its x x' counts */
    double one[RETAIN__COX_BLOCK_ROWS], one_f[RETAIN__COX_BLOCK_ROWS]; /* shares of each time, where columns are few */
    double off[2 * RETAIN__COX_BLOCK_ROWS];                            /* minus what its S1 S1' counts, and D1 D1' */
    double hazard[1 + RETAIN__COX_BLOCK_ROWS];                         /* up to each time, within the block */
    double taken[RETAIN__COX_BLOCK_ROWS], weight[RETAIN__COX_BLOCK_ROWS];
} retain__cox_room;

typedef struct retain__cox_blocks {
    const retain__cox_data *data;
    retain_cox_ties ties;
    retain__cox_block *block; /* [count] ascending by row, each within a stratum */
    size_t count;
    double *risk;                   /* [rows] scratch: beside the largest of the block */
    double ended[RETAIN__COX_MOST]; /* sums of weight x over rows that end */
    double b[RETAIN__COX_MOST];     /* the point */
    int is_zero;                    /* is it 0? */
    double *one, *one_f;            /* [times] scratch: shares of each time, where columns are many; else NULL */
    retain__rooms rooms;            /* for as many threads as the context had when they were taken */
} retain__cox_blocks;

/* Takes scratch; returns 0 when there is none. */
int retain__cox_take_blocks(retain__scratch *scratch, const retain__cox_data *data, retain_cox_ties ties,
                            retain__cox_blocks *blocks);

/* The second pass over a block, once the sums of it and of those behind it are known. */
void retain__cox_pass_block(const retain__cox_blocks *blocks, retain__cox_block *block, retain__cox_room *room);

/* The third pass, where columns are many, once the hazards before the block are known. */
void retain__cox_pass_rows(const retain__cox_blocks *blocks, retain__cox_block *block, retain__cox_room *room);

/* As retain__cox_evaluate, without an emphasis. */
retain_status retain__cox_evaluate_blocks(retain_context *ctx, retain__cox_blocks *blocks, const double *b, double *value,
                                          double *gradient, double *hessian);

#endif
