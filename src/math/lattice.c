/* The trapezoidal rule on the line with geometric ends. The step h: of a Gaussian peak of width s the rule forgets
 * 2 exp(-2 (pi s / h)^2), of e^(s y - e^y), the sharpest bend that (1 + e^y)^(-a) can make, about exp(-pi^2 / h); the formula below
 * keeps both under 1e-16. */
#include <math.h>

#include "math/lattice.h"

double retain__lattice_step(double curvature)
{
    return 1.0 / (4.0 + 1.43 * sqrt(curvature));
}

static void add_side(const retain__lattice *lattice, double direction, const double slopes[2], double end,
                     retain__lattice_node node, const void *state, double sums[2])
{
    double first_rest = -expm1(-slopes[0] * lattice->step), second_rest = -expm1(-slopes[1] * lattice->step), values[2], step;

    for (double j = 1.0;; j++) {
        step = direction * j * lattice->step;
        node(state, step, values);
        if (direction * (lattice->start + step - end) >= 0.0)
            break;
        sums[0] += values[0];
        sums[1] += values[1];
        if (values[0] <= 1e-18 * first_rest * sums[0] && values[1] <= 1e-18 * second_rest * sums[1])
            return;
    }
    sums[0] += values[0] / first_rest;
    sums[1] += values[1] / second_rest;
}

void retain__lattice_sum(const retain__lattice *lattice, retain__lattice_node node, const void *state, double sums[2])
{
    const double right_slopes[2] = {lattice->right_slope, lattice->right_slope};

    node(state, 0.0, sums);
    add_side(lattice, 1.0, right_slopes, lattice->right_end, node, state, sums);
    add_side(lattice, -1.0, lattice->left_slopes, lattice->left_end, node, state, sums);
    sums[0] *= lattice->step;
    sums[1] *= lattice->step;
}
