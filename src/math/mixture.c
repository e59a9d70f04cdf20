/* What will happen is a mixture: of a draw by chance, of all draws by what is not known. The distribution function of a mixture is the
 * mean of those of its parts, and its quantiles are found by bisection, without random numbers. A part is log-normal with the draw's
 * expectation and variance or, for numbers of customers, normal on the logit scale. */
#include "math/mixture.h"

#include <math.h>
#include <string.h>

#include "math/chains.h"
#include "math/special.h"

/* P(what will happen <= y). */
static double find_share(const retain__mixture *of, double y)
{
    double sum = 0.0;

    for (size_t i = 0; i < of->count; i++) {
        double mean = of->total[i], spread, center, at;

        if (of->is_number) {
            double share = mean / of->whole;

            center = log(share) - log1p(-share);
            spread = sqrt(of->variance[i]) / (of->whole * share * (1.0 - share));
            at = log(y / of->whole) - log1p(-y / of->whole);
        } else {
            double squared = log1p(of->variance[i] / (mean * mean));

            center = log(mean) - 0.5 * squared;
            spread = sqrt(squared);
            at = log(y);
        }
        sum += spread > 0.0 ? exp(retain__log_ndtr((at - center) / spread)) : mean <= y ? 1.0 : 0.0;
    }
    return sum / (double)of->count;
}

static double find_mixture_quantile(const retain__mixture *of, double share)
{
    double low = 0.0, high = of->is_number ? of->whole : 1.0, largest = 0.0;

    for (size_t i = 0; i < of->count; i++) {
        if (!(of->total[i] + of->variance[i] < (double)INFINITY))
            return (double)NAN;
        if (!of->is_number && of->total[i] > high)
            high = of->total[i];
        largest = of->total[i] > largest ? of->total[i] : largest;
    }
    if (largest == 0.0) /* nothing will happen */
        return 0.0;
    while (!of->is_number && find_share(of, high) < share && high < 1e300)
        high *= 2.0;
    for (int i = 0; i < 200 && high - low > 1e-12 * high; i++) {
        double middle = 0.5 * (low + high);

        if (find_share(of, middle) < share)
            low = middle;
        else
            high = middle;
    }
    return 0.5 * (low + high);
}

retain__mixed retain__mixture_tell(const retain__mixture *of, double level)
{
    retain__mixed told = {.least = (double)NAN, .most = (double)NAN};
    double below = 0.5 * (1.0 - level), unused;

    retain__mean_and_deviation(of->total, of->count, &told.value, &told.standard_error);
    retain__mean_and_deviation(of->variance, of->count, &told.variance, &unused);
    if (of->count) {
        told.least = find_mixture_quantile(of, below);
        told.most = find_mixture_quantile(of, 1.0 - below);
        memcpy(of->spare, of->total, of->count * sizeof *of->spare);
    }
    told.low = retain__quantile(of->spare, of->count, below);
    told.high = retain__quantile(of->spare, of->count, 1.0 - below);
    return told;
}
