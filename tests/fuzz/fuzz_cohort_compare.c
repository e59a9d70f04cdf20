/* Any log and any two rows: customers are at least those who came back, p lies between 0 and 1. */
#include "fuzz.h"
#include "fuzz_cohort_layout.h"
#include "retain/cohort_compare.h"

static int is_share(double x)
{
    return x != x || (x >= 0.0 && x <= 1.0);
}

static const retain_cohort_compare_options *read_options(fuzz_input *in)
{
    retain_cohort_compare_options *options = fuzz_array(in, 1, sizeof *options);
    const int odd = fuzz_below(in, 16) == 15;

    options->struct_size = odd ? fuzz_below(in, sizeof *options) : sizeof *options;
    options->margin = odd ? fuzz_double(in) : fuzz_within(in, -0.5, 1.0);
    options->replicates = (int)fuzz_below(in, 40) - (odd ? 10 : 0);
    options->seed = fuzz_bits(in, 8);
    options->level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 0.99);
    if (fuzz_below(in, 2))
        fuzz_margins(in, odd, &options->margins, &options->margin_customer, &options->margin_count);
    return fuzz_bits(in, 1) < 100 ? NULL : options;
}

void fuzz_target(fuzz_input *in)
{
    retain_context *ctx = fuzz_context(in);
    const retain_cohort_layout *layout = fuzz_layout(in);
    const retain_cohort_compare_options *options = read_options(in);
    const retain_orders_options *counting = fuzz_log_options(in);
    const int64_t end = fuzz_log_day(in);
    const size_t row = fuzz_below(in, 6), other = fuzz_below(in, 6), place = fuzz_below(in, 7);
    const size_t column = place == 6 ? RETAIN_COHORT_LAST_COLUMN : place;
    retain_cohort_comparison *found = fuzz_array(in, 1, sizeof *found);
    const retain_orders *log = fuzz_log(in);

    found->struct_size = fuzz_below(in, 16) ? sizeof *found : fuzz_below(in, sizeof *found);
    if (!fuzz_outcome(in,
                      retain_cohort_compare(ctx, log, end, layout, row, other, column, counting, options, fuzz_maybe(in, found))))
        return;
    for (int side = 0; side < 2; side++) {
        fuzz_check(found->returned[side] >= 0.0 && found->returned[side] <= found->customers[side]);
        fuzz_check(found->exposed[side] >= 0.0 && found->exposed[side] <= found->customers[side]);
    }
    fuzz_check(is_share(found->money_p_value) && is_share(found->return_p_value));
    fuzz_check(!(found->low > found->high));
}
