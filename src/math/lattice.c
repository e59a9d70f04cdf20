/* The trapezoidal rule on the line with geometric ends. The step: of a Gaussian peak of width s the rule forgets 2 exp(-2 (pi s / h)^2), of
 * e^(s y - e^y), the sharpest bend that (1 + e^y)^(-a) can make, about exp(-pi^2 / h); the formula below keeps both under 1e-16. */
#include <math.h>

#include "math/lattice.h"

double retain__lattice_step(double curvature)
{
    return 1.0 / (4.0 + 1.43 * sqrt(curvature));
}

double retain__softplus(double y)
{
    if (y > 0.0)
        return y + log1p(exp(-y));
    return log1p(exp(y));
}

static void add_side(const retain__lattice *lattice, double direction, double slope, double end, retain__lattice_node node,
                     const void *state, double sums[2])
{
    double rest = -expm1(-slope * lattice->step), negligible = 1e-18 * rest, values[2], y;

    for (double j = 1.0;; j++) {
        y = lattice->start + direction * j * lattice->step;
        node(state, y, values);
        if (direction * (y - end) >= 0.0)
            break;
        sums[0] += values[0];
        sums[1] += values[1];
        if (values[0] <= negligible * sums[0] && values[1] <= negligible * sums[1])
            return;
    }
    sums[0] += values[0] / rest;
    sums[1] += values[1] / rest;
}

void retain__lattice_sum(const retain__lattice *lattice, retain__lattice_node node, const void *state, double sums[2])
{
    node(state, lattice->start, sums);
    add_side(lattice, 1.0, lattice->right_slope, lattice->right_end, node, state, sums);
    add_side(lattice, -1.0, lattice->left_slope, lattice->left_end, node, state, sums);
    sums[0] *= lattice->step;
    sums[1] *= lattice->step;
}
