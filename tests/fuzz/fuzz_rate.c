/* Any counts, any level: limits are shares around the rate, or both are NaN. */
#include "fuzz.h"
#include "retain/rate.h"

void fuzz_target(fuzz_input *in)
{
    const int odd = fuzz_below(in, 4) == 3;
    const double trials = odd ? fuzz_double(in) : (double)fuzz_bits(in, 3);
    const double successes = odd ? fuzz_double(in) : trials * fuzz_within(in, 0.0, 1.0);
    const double level = odd ? fuzz_double(in) : fuzz_within(in, 0.0, 1.0);
    const double low = retain_rate_low(successes, trials, level), high = retain_rate_high(successes, trials, level);
    const int defined =
        trials > 0.0 && trials <= 1.7976931348623157e308 && successes >= 0.0 && successes <= trials && level > 0.0 && level < 1.0;

    fuzz_check((low == low) == defined && (high == high) == defined);
    if (!defined)
        return;
    fuzz_check(0.0 <= low && low <= successes / trials && successes / trials <= high && high <= 1.0);
    fuzz_check(successes > 0.0 || low == 0.0);
    fuzz_check(successes < trials || high == 1.0);
}
