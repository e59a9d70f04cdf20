/* libretain - which customers stay, what they are worth, who is about to leave.
 * SPDX-License-Identifier: MIT */
#ifndef RETAIN_RISK_H
#define RETAIN_RISK_H

#include "retain/btyd.h"
#include "retain/features.h"

/** @defgroup risk Who is about to leave, in one call
 *  @brief Orders in; for each customer the risk, why, what it would cost, and whom to act on first. And the test that earned it.
 *
 *  retain_risk_customers does what the modules below it do one by one (features.h, btyd.h, logistic.h, scoring.h, clv.h, churn.h), in the
 *  way that can be defended:
 *
 *  1. It goes back to dates in the past, H days apart, and takes down what was known of each customer then, and who was silent for H
 *    days afterwards.
 *  2. **Rhythm**: a model of orders (btyd.h), fitted to what was known on each date, gives P(no order in the next H days). **Learnt**: a
 *    logistic regression on what was known, the rhythm's log odds being one predictor among the others; what signs mean is learnt
 *    from the shop's own customers, never presumed. Money, counts and days enter by their logarithms, log(1 + x); each column is cut at
 *    the 0.2 % and 99.8 % quantiles of what is learnt from, lest a few enormous orders speak for everybody.
 *  3. On the two dates before the last it is seen how both foretell. What is learnt is chosen unless the rhythm's log loss is lower by more
 *    than the standard error of the difference. The last date, which had no say in this, is the **test**: every figure of the card is
 *    of customers whom nothing had been learnt from.
 *  4. The chosen way learns from all dates and says the risk as of today.
 *
 *  The **naive rule** that it has to beat is "longest absent first". Where it does not beat it, the card says so; where there is too
 *  little to learn from or to test on, there is no risk and the card says why.
 *
 *      retain_features_source source = {.orders = &log};
 *      retain_risk_card card = {.struct_size = sizeof card};
 *      retain_risk_columns columns = {.customer = who, .risk = risk, .value_at_risk = at_risk, .rank = rank};
 *      if (retain_risk_customers(&context, &source, observation_end, NULL, NULL, &columns, capacity, &count, &card) == RETAIN_OK)
 *          puts(card.explanation);     // "Learnt from 3934 rows of 8 dates. On 600 customers it had learnt nothing from, of ..."
 *  @{
 */

#ifdef __cplusplus
extern "C" {
#endif

/** Ways to tell who will be silent. */
typedef enum retain_risk_method {
    RETAIN_RISK_LONGEST_ABSENT = 0, /**< the naive rule: days since the last order. An order of customers, no probability */
    RETAIN_RISK_RHYTHM = 1,         /**< P(no order in the next H days) of a model of orders */
    RETAIN_RISK_LEARNT = 2,         /**< logistic regression on what was known */
    RETAIN_RISK_METHODS = 3         /**< how many there are */
} retain_risk_method;

/** Name of a method, such as "longest absent"; static text, "unknown" for a value that is none. */
RETAIN_API const char *retain_risk_method_name(retain_risk_method method);

/** What a reason is about. What is known of a customer has many columns that say nearly the same; their contributions may cancel, and
 *  only their sum means something: reasons are given by theme. They say what sets a customer apart from **those who bring the money**: from
 *  the mean of today's customers, each counted by `residual`, cut at its 99.8 % quantile (where nobody can be valued, by the chance to
 *  order, 1 - risk). Where the rhythm is behind the risks, its log odds are shared out among absence, frequency and tenure by Shapley's
 *  rule, against a customer who has the median of each, counted likewise. */
typedef enum retain_risk_theme {
    RETAIN_RISK_ABSENCE =
        0, /**< how long since the last order, against the customer's own rhythm: days since, gaps, model of orders */
    RETAIN_RISK_FREQUENCY = 1, /**< how often he buys, and whether more or less than before */
    RETAIN_RISK_TENURE = 2,    /**< how long he has been a customer */
    RETAIN_RISK_VALUE = 3,     /**< how much he spends, and whether more or less than before */
    RETAIN_RISK_REFUNDS = 4,   /**< how much was paid back */
    RETAIN_RISK_DISCOUNTS = 5, /**< how much was bought at a discount */
    RETAIN_RISK_BREADTH = 6,   /**< in how many categories he buys */
    RETAIN_RISK_EVENTS = 7,    /**< events of kind 0; those of kind k are theme RETAIN_RISK_EVENTS + k */
} retain_risk_theme;

/** Name of a theme, such as "absence"; "events" from RETAIN_RISK_EVENTS on. */
RETAIN_API const char *retain_risk_theme_name(retain_risk_theme theme);

/** The theme of a feature. */
RETAIN_API retain_risk_theme retain_risk_theme_of(const retain_features_column *column);

/** NULL or zeros after struct_size mean the defaults. */
typedef struct retain_risk_options {
    size_t struct_size;        /**< sizeof(retain_risk_options) */
    int64_t horizon_days;      /**< H, from 1 to 3650; 0 means 90 */
    int64_t active_days;       /**< A: only customers with an order in the A days up to a date; 0 means all who ever bought */
    size_t dates;              /**< most dates of the past, 2 to 60; 0 means 8 */
    int way;                   /**< 0: the way is chosen; else 1 + a retain_risk_method other than the naive rule */
    retain_btyd_family family; /**< model of orders, but BG/BB and the regular ones; 0 means RETAIN_BTYD_PARETO_NBD */
    double value_days;         /**< over how many days customers are valued; 0 means 365 */
    double annual_rate;        /**< discount rate of money to come, >= 0 */
    double margin;             /**< share of value that is profit, > 0: losses have no value at risk; 0 means 1 */
    double cost;               /**< of acting on one customer, >= 0 */
    double effect;             /**< share of those who would leave that acting keeps, in (0, 1]; 0 means 0.1 */
    size_t most;               /**< so many can be acted on; 0 means no limit */
    size_t fewest;             /**< customers of either outcome that learning and the test need each; 0 means 50 */
    double level;              /**< two-sided level of all limits, in (0, 1); 0 means 0.95 */
    double l2;                 /**< penalty on standardised slopes (logistic.h); 0 means 1 */
} retain_risk_options;

/** The features that risks are made of, for retain_features_columns: windows of a third of H, of H and of 4 H; trends and events over 2 H.
 *  @return RETAIN_OK; RETAIN_ERROR_ARGUMENT for bad options. Cost: O(1). */
RETAIN_API retain_status retain_risk_features(retain_context *ctx, const retain_risk_options *options,
                                              retain_features_options *features);

/** Whom to act on. */
typedef enum retain_risk_band {
    RETAIN_RISK_LEAVE_ALONE = 0, /**< acting costs more than it is expected to bring, or that is not known */
    RETAIN_RISK_WORTH = 1,       /**< acting pays, but others come first: only with options.most */
    RETAIN_RISK_ACT = 2          /**< acting pays, and he is among those who can be acted on */
} retain_risk_band;

/** Reasons given for each customer. */
#define RETAIN_RISK_REASONS 3

/** What is said of each customer: the caller's arrays to be filled, in ascending order of customer. Columns that are NULL are not
 *  written. Reasons: [RETAIN_RISK_REASONS * capacity], the j-th of customer i at j * capacity + i, those that raise the risk most first;
 *  what raises the odds by less than a hundredth is none. */
typedef struct retain_risk_columns {
    int64_t *customer;      /**< who */
    double *risk;           /**< P(no order in the next H days) */
    double *risk_low;       /**< its limits, from the uncertainty of what was learnt; NaN where that is not known */
    double *risk_high;      /**< upper limit */
    double *log_odds;       /**< log(risk / (1 - risk)) = card.base + the contributions; of the rhythm cut to +-20 */
    double *contribution;   /**< [card.themes * capacity] what each theme adds to the log odds, against who brings the money */
    int64_t *reason;        /**< theme, -1 where there are no more */
    double *reason_effect;  /**< its contribution; NaN where there is none */
    int64_t *reason_column; /**< column of the panel (retain_risk_features) that says most of it; -1 for the model of orders */
    double *reason_value;   /**< what that column holds; of the model of orders P(no order); NaN where not known */
    double *reason_typical; /**< its median, each customer counted by the money to come */
    double *residual;       /**< money to be expected over value_days; NaN where spending has no model */
    double *value_at_risk;  /**< risk x residual */
    double *gain;           /**< of acting: effect x value_at_risk - cost */
    int64_t *rank;          /**< 1 for the one with most value at risk, ties by smaller customer; those of NaN come last, by risk */
    uint8_t *band;          /**< retain_risk_band */
} retain_risk_columns;

/** How it ended. */
typedef enum retain_risk_verdict {
    RETAIN_RISK_NONE = 0,           /**< nothing was done */
    RETAIN_RISK_EARNED = 1,         /**< on the test it told leavers better than the naive rule, beyond chance */
    RETAIN_RISK_NOT_BETTER = 2,     /**< it did not: "longest absent first" is as good an order. Risks are given */
    RETAIN_RISK_TOO_LITTLE_DATA = 3 /**< there is too little to learn from, or to test on: no risks are given */
} retain_risk_verdict;

/** Length of an explanation, its final zero included. */
#define RETAIN_RISK_EXPLANATION 640

/** What a method was worth on the test: customers whom nothing had been learnt from. NaN where it was not possible. */
typedef struct retain_risk_figures {
    double auc;            /**< retain_scoring_report, as all the rest but the gain */
    double auc_low;        /**< lower limit */
    double auc_high;       /**< upper limit */
    double gain;           /**< AUC above the naive rule's */
    double gain_low;       /**< its limits (retain_scoring_compare) */
    double gain_high;      /**< upper limit */
    double brier;          /**< Brier score */
    double brier_skill;    /**< 1 - Brier score / that of the prevalence given to all */
    double log_loss;       /**< in nats */
    double miscalibration; /**< what the Brier score loses to probabilities that are off */
    double slope;          /**< calibration slope: 1 when 30 % means 30 % */
    double intercept;      /**< calibration intercept: 0 likewise */
    double expected;       /**< customers who would be silent, by the method */
    double capture;        /**< share of the silent among the tenth of the customers with the largest risk */
    double choice_loss;    /**< log loss on the dates that the choice was made by */
} retain_risk_figures;

/** The model card. */
typedef struct retain_risk_card {
    size_t struct_size;          /**< sizeof(retain_risk_card) */
    retain_risk_verdict verdict; /**< how it ended */
    retain_risk_method method;   /**< what is behind the risks */
    int64_t observation_end;     /**< as given */
    int64_t horizon_days;        /**< H */
    int64_t test_date;           /**< the last date with a label */
    size_t dates;                /**< dates with labels, that of the test included */
    size_t choice_dates;         /**< dates before the test that the choice was made by, at most 2; 0: the test itself */
    size_t training_rows;        /**< customers and dates behind the risks */
    size_t training_silent;      /**< those that were silent afterwards */
    size_t test_customers;       /**< customers of the test */
    size_t test_silent;          /**< those who were silent */
    size_t themes;               /**< RETAIN_RISK_EVENTS + kinds of events, if there are events */
    double base; /**< log odds to which contributions add: of who brings the money; with the rhythm, of who has their medians */
    double silent_expected; /**< customers of today who will be silent for H days: sum of the risks */
    double at_risk;         /**< sum of the values at risk; NaN where nobody has one, which the explanation then says */
    retain_risk_figures figures[RETAIN_RISK_METHODS]; /**< by method */
    char explanation[RETAIN_RISK_EXPLANATION];        /**< the verdict in words */
} retain_risk_card;

/** The test, row by row: the caller's arrays to be filled, for pictures and for other figures. NULL columns are not written. */
typedef struct retain_risk_test {
    int64_t *customer; /**< who, ascending */
    double *risk;      /**< as foretold by the chosen method from what was known on the test's date, and learnt from before */
    double *absent;    /**< days since the last order: the naive rule */
    uint8_t *silent;   /**< 1: no order in the H days that followed */
} retain_risk_test;

/** Scores all customers of today.
 *
 *  @param source           orders, and what else there is: discounts, categories, events
 *  @param observation_end  last day observed, itself included
 *  @param counting         what makes an occasion; NULL for the defaults. unit_days is not read
 *  @param options          NULL for the defaults
 *  @param columns          columns to fill
 *  @param capacity         length of the columns
 *  @param count            receives the number of customers
 *  @param card             receives the card; struct_size is to be set
 *  @return RETAIN_OK; RETAIN_ERROR_CONVERGENCE with the card written, and nothing else, where there is too little data;
 *          RETAIN_ERROR_CAPACITY with `*count` set; RETAIN_ERROR_DATA for a bad row; RETAIN_ERROR_ARGUMENT; RETAIN_ERROR_MEMORY;
 *          RETAIN_ERROR_CANCELLED
 *  Cost: for each date a summary, a fit of the model of orders and a panel's part; three logistic regressions. Scratch: 8 bytes for each
 *  column (20 to 45 of them) of the rows learnt from, which are customers on dates, and some 200,000 where there are more (a share is
 *  drawn, the same each time), and of the customers of one date; beside that 640 bytes a customer and 64 an order. */
RETAIN_API retain_status retain_risk_customers(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                                               const retain_orders_options *counting, const retain_risk_options *options,
                                               const retain_risk_columns *columns, size_t capacity, size_t *count,
                                               retain_risk_card *card);

/** The test behind the card, customer by customer.
 *
 *  @param test   columns to fill
 *  @param count  receives the number of customers of the test
 *  The rest as above. */
RETAIN_API retain_status retain_risk_tested(retain_context *ctx, const retain_features_source *source, int64_t observation_end,
                                            const retain_orders_options *counting, const retain_risk_options *options,
                                            const retain_risk_test *test, size_t capacity, size_t *count, retain_risk_card *card);

#ifdef __cplusplus
}
#endif
/** @} */
#endif
