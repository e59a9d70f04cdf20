/* Evaluates the special functions at points from standard input: one line a point, `name argument ...` with hexadecimal or
 * decimal doubles; one line of output each, the value as a hexadecimal double. measure.py drives it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/special.h"

static const struct {
    const char *name;
    int arguments;
    double (*one)(double);
    double (*two)(double, double);
    double (*three)(double, double, double);
} functions[] = {
    {.name = "lgamma", .arguments = 1, .one = retain__lgamma},
    {.name = "digamma", .arguments = 1, .one = retain__digamma},
    {.name = "trigamma", .arguments = 1, .one = retain__trigamma},
    {.name = "log1mexp", .arguments = 1, .one = retain__log1mexp},
    {.name = "log_ndtr", .arguments = 1, .one = retain__log_ndtr},
    {.name = "ndtri", .arguments = 1, .one = retain__ndtri},
    {.name = "lgamma_ratio", .arguments = 2, .two = retain__lgamma_ratio},
    {.name = "digamma_ratio", .arguments = 2, .two = retain__digamma_ratio},
    {.name = "trigamma_ratio", .arguments = 2, .two = retain__trigamma_ratio},
    {.name = "lbeta", .arguments = 2, .two = retain__lbeta},
    {.name = "lbeta_ratio", .arguments = 3, .three = retain__lbeta_ratio},
    {.name = "betainc", .arguments = 3, .three = retain__betainc},
    {.name = "betainc_complement", .arguments = 3, .three = retain__betainc_complement},
    {.name = "log_betainc", .arguments = 3, .three = retain__log_betainc},
    {.name = "log_betainc_complement", .arguments = 3, .three = retain__log_betainc_complement},
};

int main(void)
{
    char line[512];

    while (fgets(line, sizeof line, stdin)) {
        double x[3] = {0.0, 0.0, 0.0}, value = 0.0;
        char *at = strchr(line, ' ');
        size_t f = 0;

        if (!at)
            return 1;
        *at++ = 0;
        while (f < sizeof functions / sizeof *functions && strcmp(functions[f].name, line) != 0)
            f++;
        if (f == sizeof functions / sizeof *functions)
            return 1;
        for (int k = 0; k < functions[f].arguments; k++)
            x[k] = strtod(at, &at);
        switch (functions[f].arguments) {
        case 1:
            value = functions[f].one(x[0]);
            break;
        case 2:
            value = functions[f].two(x[0], x[1]);
            break;
        default:
            value = functions[f].three(x[0], x[1], x[2]);
        }
        printf("%a\n", value);
    }
    return 0;
}
