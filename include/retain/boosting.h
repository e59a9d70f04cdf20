/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_BOOSTING_H
#define RETAIN_BOOSTING_H

#include <stdint.h>

#include "retain/context.h"
#include "retain/predictors.h"

/** @defgroup boosting Boosted trees
 *  @brief How likely is it, where effects bend, jump and depend on each other, and why for this customer?
 *
 *  Log odds of an outcome (1 it happens, 0 not) as a sum of many small decision trees, each correcting the sum of those before it:
 *  gradient boosting. Nothing is assumed of shapes and interactions, columns need no scaling, and a missing value (NaN) is
 *  information: each split learns to which side it belongs. The price is customers: with a few hundred, logistic regression is as
 *  good or better; with thousands, and effects that are no straight lines, trees win (docs/boosting.md has the measurements).
 *
 *      retain_boosting_node node[1500];                    // 100 trees of depth 3: at most 15 nodes each
 *      retain_boosting model;
 *      retain_boosting_fit(&context, &known, left, NULL, NULL, node, 1500, &model, NULL);
 *      retain_boosting_probability(&context, &model, &others, risk);
 *
 *  Method: J. H. Friedman, Annals of Statistics 29 (2001), 1189-1232, with leaf values and gains of second order (T. Chen, C. Guestrin,
 *  KDD 2016) on columns cut into at most 255 bins (G. Ke et al., NIPS 2017). With g and h the sums over a leaf of the first and second
 *  derivatives of the log loss, p - y and p (1 - p), its value is -learning_rate g / (h + l2); a split gains half of
 *  g^2/(h + l2) of the two sides less that of the whole. Among splits of equal gain the first column and the least threshold are taken.
 *
 *  Results do not depend on the number of threads, nor on the order of the rows: sums are of whole numbers. Weights count customers:
 *  one of weight 3 is three. A model is a plain value: numbers and an array of nodes that belongs to the caller. Nothing of a stored
 *  model is trusted: every function checks it before it walks it.
 *
 *  Common errors: RETAIN_ERROR_DATA for a row that breaks a rule, with its number; RETAIN_ERROR_ARGUMENT for a bad option or a model
 *  that is none; RETAIN_ERROR_MEMORY; RETAIN_ERROR_CANCELLED.
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

#define RETAIN_BOOSTING_DEPTH 8        /**< most splits between root and leaf */
#define RETAIN_BOOSTING_ROUNDS 10000   /**< most trees */
#define RETAIN_BOOSTING_ROWS 268435456 /**< most rows of a fit, 2^28 */
#define RETAIN_BOOSTING_LEAF (-1)      /**< column of a node that is a leaf */

/** A split or a leaf of a tree. Nodes stand in preorder: a split, all of its left branch, all of its right branch; after a tree the
 *  next one. So there are no indices in a node that could lead astray. */
typedef struct retain_boosting_node {
    double threshold; /**< split: numbers up to it, it included, go to the left. Leaf: 0 */
    double value;     /**< leaf: what it adds to the log odds. Split: 0 */
    double cover;     /**< customers of the fit that came here: above 0. Of splits it is not read: it is the sum of its leaves */
    double gain;      /**< split: by how much it lowered the log loss of all customers, to second order. Not read */
    int32_t column;   /**< column that a split looks at; RETAIN_BOOSTING_LEAF */
    int32_t missing_left; /**< split: 1 where a missing value goes to the left, else 0 */
} retain_boosting_node;

/** A model. Copy it, print it, store it with its nodes, type it in. */
typedef struct retain_boosting {
    size_t columns;                   /**< columns that it reads */
    size_t trees;                     /**< number of trees */
    size_t nodes;                     /**< nodes of all of them */
    const retain_boosting_node *node; /**< [nodes] the caller's */
    double base;                      /**< log odds before any tree: those of the prevalence */
} retain_boosting;

/** What to change about a fit. NULL or zeros after struct_size mean the defaults. */
typedef struct retain_boosting_options {
    size_t struct_size; /**< sizeof(retain_boosting_options) */
    size_t rounds;      /**< trees; with `folds` the most that are tried; 0 means 100 */
    size_t depth;       /**< most splits between root and leaf: 1 is an additive model, d lets d columns act together; 0 means 3 */
    double learning_rate;  /**< share of its own correction that a tree is let make, in (0, 1]; 0 means 0.1 */
    double l2;             /**< customers' worth of second derivative that is added to each leaf, up to 1e6; 0 means 1 */
    double leaf_customers; /**< fewest customers (weights) in a leaf, up to 1e100; 0 means 20 */
    double leaf_hessian;   /**< least sum of p (1 - p) in a leaf, up to 1e100; 0 means 0.001 */
    size_t bins;           /**< most bins of a column, 2 to 255; 0 means 255 */
    double each_outcome;   /**< fewest customers (weights) of either outcome for which a model is made; 0 means 20 */
    /** 0: exactly `rounds` trees. 2 to 20: customers are cut into so many parts, each part is forecast by trees grown on the others,
     *  and the number of trees with the least log loss on the parts held out is grown on all customers */
    size_t folds;
    size_t turns;            /**< how many of the parts are held out, one after the other; 0 means all */
    size_t patience;         /**< trees without a gain on the part held out after which a turn ends; 0 means 20 */
    uint64_t seed;           /**< of the cut into parts */
    const int64_t *customer; /**< optional [rows] rows of one customer are never parted; NULL: each row is a customer of its own */
    /** Optional [columns] 1: risk never falls as the column rises, all else alike; -1: never rises; 0: may do either. Says nothing of
     *  missing values */
    const int8_t *monotone;
} retain_boosting_options;

/** What there is to say about a fit. */
typedef struct retain_boosting_report {
    size_t struct_size;   /**< sizeof(retain_boosting_report) */
    size_t rows;          /**< rows used: of weight above 0 */
    double customers;     /**< sum of the weights */
    double events;        /**< to how many of them it happened */
    size_t trees;         /**< trees of the model */
    size_t nodes;         /**< nodes of them */
    double base_log_loss; /**< mean log loss of the prevalence given to all */
    double log_loss;      /**< of the model on the customers it was made from: not to be mistaken for how well it forecasts */
    double held_out;      /**< customers (weights) held out in all turns; 0 without folds */
    double
        held_out_log_loss; /**< mean log loss on them with so many trees; NaN without folds. Slightly hopeful: the trees were counted on it */
    int at_most;           /**< 1: the log loss on held-out customers was still falling when `rounds` ran out */
} retain_boosting_report;

/** Grows trees.
 *
 *  @param predictors  at least one column; NaN where missing
 *  @param outcome     [rows] 1 where it happened, else 0
 *  @param weight      [rows] 0, or 1e-100 to 1e100; NULL means 1 each. Whole numbers of a sum up to 2^24 are exactly so many rows,
 *                     others are rounded to 2^-28 of their sum
 *  @param options     NULL for the defaults
 *  @param node        [capacity] receives the nodes; rounds * (2^(depth + 1) - 1) always suffice
 *  @param model       receives the model, which points to `node`
 *  @param report      may be NULL; struct_size is to be set
 *  @return RETAIN_OK; RETAIN_ERROR_CAPACITY with model->nodes set to what is needed and nothing else written; RETAIN_ERROR_DATA also where
 *          there are too few customers of either outcome to learn from; see above
 *  Cost: O(rows * columns * (depth + rounds * depth / 2)); scratch: a byte a number, 60 bytes a row. With folds as much again for
 *  each turn. */
RETAIN_API retain_status retain_boosting_fit(retain_context *ctx, const retain_predictors *predictors, const uint8_t *outcome,
                                             const double *weight, const retain_boosting_options *options,
                                             retain_boosting_node *node, size_t capacity, retain_boosting *model,
                                             retain_boosting_report *report);

/** Is this a model? For one that was kept in a file or a database. All functions below ask this first.
 *
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT, with the place, where a number is not finite or out of bounds (values and thresholds up to
 *          1e100 in size, cover 1e-100 to 1e100), a column does not exist, a branch holds less than 1e-12 of its split's customers, a tree
 *          is deeper than RETAIN_BOOSTING_DEPTH, ends too early, or there are more or fewer nodes than trees need */
RETAIN_API retain_status retain_boosting_check(retain_context *ctx, const retain_boosting *model);

/** Log odds of each row.
 *  @param predictors  as many columns as the model reads
 *  @param log_odds    [rows] receives base + the values of the leaves that the row falls into. Cost: O(rows * trees * depth) */
RETAIN_API retain_status retain_boosting_log_odds(retain_context *ctx, const retain_boosting *model,
                                                  const retain_predictors *predictors, double *log_odds);

/** Probability of each row, 1 / (1 + exp(-log odds)).
 *  @param probability  [rows] */
RETAIN_API retain_status retain_boosting_probability(retain_context *ctx, const retain_boosting *model,
                                                     const retain_predictors *predictors, double *probability);

/** Why each row has the probability that it has: what each column adds to its log odds, against the average customer of the fit.
 *
 *  Shapley values, exact: the contribution of a column is what knowing it changes in the expected log odds, averaged over all orders in which
 *  columns may become known; where a column is not known, a tree is averaged over both branches in proportion to their covers (S. M.
 *  Lundberg et al., Nature Machine Intelligence 2 (2020), 56-67: path-dependent TreeSHAP). Log odds = base + sum of the
 *  contributions, to rounding. They explain the model, not the world: of two columns that say the same either may get the credit.
 *
 *  @param most          reasons wanted for each row, 0 to columns
 *  @param direction     which ones
 *  @param base          receives the log odds before any column is known; may be NULL, as all outputs
 *  @param contribution  [rows * columns] receives them, row after row
 *  @param reason        [rows * most] receives columns, the largest contribution first, the first column of equal ones; -1 where there are
 *                       no more
 *  @param share         [rows * most] receives their contributions; NaN where there are no more
 *  @param value         [rows * most] receives their values; NaN also where missing
 *  Cost: O(rows * leaves * depth^2) */
RETAIN_API retain_status retain_boosting_reasons(retain_context *ctx, const retain_boosting *model,
                                                 const retain_predictors *predictors, size_t most, retain_direction direction,
                                                 double *base, double *contribution, int64_t *reason, double *share, double *value);

/** Which columns matter, over many rows.
 *
 *  @param weight  [rows] as for the fit; NULL means 1 each
 *  @param level   two-sided level of the limits, in (0, 1); 0 means 0.95
 *  @param mean    [columns] mean size of the contributions to the log odds; NaN without rows
 *  @param low     [columns] its limits, Student's t, for the model as it is; NaN for fewer than two rows
 *  @param high    [columns] upper limit
 *  @param gain    [columns] sum of the gains of its splits in the fit, as stored in the nodes. Any output may be NULL */
RETAIN_API retain_status retain_boosting_importance(retain_context *ctx, const retain_boosting *model,
                                                    const retain_predictors *predictors, const double *weight, double level,
                                                    double *mean, double *low, double *high, double *gain);

/** Shape of a column: what is expected if every row had this value in it, and else what it has. Partial dependence (Friedman 2001).
 *
 *  @param weight       [rows] as above
 *  @param column       which
 *  @param value        [values] as predictors may be: NaN asks for missing
 *  @param log_odds     [values] mean log odds; NaN without rows
 *  @param probability  [values] mean probability
 *  @param low          [values] limits of the mean probability, Student's t, for the model as it is; NaN for fewer than two rows
 *  @param high         [values] upper limit. Any output may be NULL
 *  Cost: O(values * rows * trees * depth) */
RETAIN_API retain_status retain_boosting_dependence(retain_context *ctx, const retain_boosting *model,
                                                    const retain_predictors *predictors, const double *weight, double level,
                                                    size_t column, const double *value, size_t values, double *log_odds,
                                                    double *probability, double *low, double *high);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
