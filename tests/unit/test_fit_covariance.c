/* Covariances of fits, kept and read again. */
#include <math.h>
#include <string.h>

#include "retain/fit.h"
#include "support.h"

static void a_covariance_is_told_from_what_is_none(void **state)
{
    (void)state;
    const double nan = (double)NAN;
    const struct {
        const char *said; /* NULL: it is one */
        size_t entries;
        double covariance[9];
    } cases[] = {
        {NULL, 1, {0.0}},
        {NULL, 2, {4.0, 2.0, 2.0, 1.0}},                          /* singular: one entry is twice the other */
        {NULL, 2, {4e-200, 2e-100, 2e-100, 1.0}},                 /* in whatever units */
        {NULL, 3, {1.0, nan, 0.5, nan, nan, nan, 0.5, nan, 1.0}}, /* one entry is open */
        {NULL, 3, {1.0, 0.0, 0.5, 0.0, 0.0, 0.0, 0.5, 0.0, 1.0}}, /* one is held */
        {NULL, 2, {1.0, 0.1, 0.1 * (1.0 + 0x1p-50), 1.0}},        /* rounded */
        {"entries is 0", 0, {1.0}},
        {"entries is 41", 41, {1.0}},
        {"covariance[3] is -1; a variance is at least 0", 2, {1.0, 0.0, 0.0, -1.0}},
        {"covariance[1] is inf", 2, {1.0, (double)INFINITY, (double)INFINITY, 1.0}},
        {"a covariance is symmetric", 2, {1.0, 0.5, 0.4, 1.0}},
        {"a covariance is symmetric", 2, {1.0, nan, 0.4, 1.0}},
        {"covariance[1] is NaN; it must be known", 2, {1.0, nan, nan, 1.0}},
        {"covariance[1] is 2; with the variances given it can be no larger than 1", 2, {1.0, 2.0, 2.0, 1.0}},
        {"covariance[1] is 1e-9; with the variances given it can be no larger than 0", 2, {1.0, 1e-9, 1e-9, 0.0}},
        {"not positive semidefinite", 3, {1.0, -0.9, 0.9, -0.9, 1.0, 0.9, 0.9, 0.9, 1.0}},
    };

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        retain_context ctx = RETAIN_CONTEXT_INIT;
        retain_status status = retain_fit_covariance(&ctx, cases[k].entries, cases[k].covariance);

        assert_int_equal(status, cases[k].said ? RETAIN_ERROR_ARGUMENT : RETAIN_OK);
        if (cases[k].said)
            assert_non_null(strstr(ctx.error, cases[k].said));
    }
    assert_int_equal(retain_fit_covariance(NULL, 2, NULL), RETAIN_ERROR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_covariance_is_told_from_what_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
