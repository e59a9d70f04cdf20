/* Regular families: what a fit must know before it begins.
 *
 * The gaps between a customer's occasions tell how even they are, and with that which k is likely. For one k they add a constant to
 * log L, k - 1 times the sum of their logarithms, whatever the parameters: it is added up once, in doubled precision and with exact
 * products, so that equal customers may come one by one or as a weight. */
#include "data/customers.h"
#include "math/pair.h"
#include "math/sums.h"
#include "models/btyd_model.h"

retain_status retain__btyd_check_k(retain_context *ctx, const retain__btyd_family *family, const retain_customers *customers, int k)
{
    if (!family->is_regular && k != 0)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "options.k is %d; it must be 0, for %s has no k", k,
                            family->name);
    if (k < 0 || k > RETAIN_BTYD_MOST_K)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "options.k is %d; it must lie in [0, %d] (0 means the most likely)", k, RETAIN_BTYD_MOST_K);
    return family->is_regular && k != 1 ? retain__check_log_gaps(ctx, customers) : RETAIN_OK;
}

double retain__btyd_add_log_gaps(const retain_customers *customers)
{
    retain__sum sum = {0.0, 0.0};

    for (size_t i = 0; i < customers->count; i++) {
        retain__pair weight = retain__pair_of(customers->weight ? customers->weight[i] : 1.0);
        retain__pair term = retain__pair_times(weight, customers->log_gaps[i]);

        retain__sum_merge(&sum, (retain__sum){term.high, term.low});
    }
    return retain__sum_value(sum);
}
