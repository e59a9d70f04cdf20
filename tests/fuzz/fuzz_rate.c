/* Any counts, any level: limits are shares around the rate, or both are NaN; and so for the difference of two. */
#include "fuzz.h"
#include "retain/rate.h"

static int is_rate(double successes, double trials)
{
    return trials > 0.0 && trials <= 1.7976931348623157e308 && successes >= 0.0 && successes <= trials;
}

static void try_difference(fuzz_input *in, double k1, double n1, double level)
{
    const int odd = fuzz_below(in, 4) == 3;
    const double n2 = odd ? fuzz_double(in) : (double)fuzz_bits(in, 2), k2 = odd ? fuzz_double(in) : n2 * fuzz_within(in, 0.0, 1.0);
    const double d = retain_rate_difference(k1, n1, k2, n2), z = retain_rate_difference_z(k1, n1, k2, n2);
    const double low = retain_rate_difference_low(k1, n1, k2, n2, level), high = retain_rate_difference_high(k1, n1, k2, n2, level);
    const double p = retain_rate_difference_p_value(k1, n1, k2, n2);
    const int defined = is_rate(k1, n1) && is_rate(k2, n2), leveled = defined && level > 0.0 && level < 1.0;

    fuzz_check((d == d) == defined && (low == low) == leveled && (high == high) == leveled);
    fuzz_check((z == z) == (p == p) && (p != p || (p >= 0.0 && p <= 1.0)));
    fuzz_check(!leveled || (-1.0 <= low && low <= d && d <= high && high <= 1.0));
}

void fuzz_target(fuzz_input *in)
{
    const int odd = fuzz_below(in, 4) == 3;
    const double trials = odd ? fuzz_double(in) : (double)fuzz_bits(in, 3);
    const double successes = odd ? fuzz_double(in) : trials * fuzz_within(in, 0.0, 1.0);
    const double level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    const double low = retain_rate_low(successes, trials, level), high = retain_rate_high(successes, trials, level);
    const int defined = is_rate(successes, trials) && level > 0.0 && level < 1.0;

    try_difference(in, successes, trials, level);
    fuzz_check((low == low) == defined && (high == high) == defined);
    if (!defined)
        return;
    fuzz_check(0.0 <= low && low <= successes / trials && successes / trials <= high && high <= 1.0);
    fuzz_check(successes > 0.0 || low == 0.0);
    fuzz_check(successes < trials || high == 1.0);
}
