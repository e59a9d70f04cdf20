/* Where the integrand of the Gamma-Gompertz/NBD is, and in which variables it is smooth.
 *
 * The variable: Gauss-Legendre converges as fast as the singularities of the integrand are far away, so u is stretched to keep them
 * away. They are at -alpha, and where e^(b u) = 1 - beta. For beta < 1 that is a place on the left of 0 too (and others beside it,
 * 2 pi/b apart), and y = log(pole + u), with the nearer of the two for the pole, keeps all of them at a distance of at least pi/2.
 * For beta > 1 they are the points center +- i pi/b, center = log(beta - 1)/b being the age at which a risk of dying that has grown
 * as e^(b u) levels off; y = asinh(b (u - center)/pi) keeps them at pi/2, and the range is cut where the pole of alpha becomes the
 * nearer one. Both variables are one formula, see `piece`.
 *
 * Where to integrate: the density of dying unnoticed need not have one mode only. Silence falls as a power of the time, the risk
 * rises as an exponential, and where the risk wins there is a second mode later, which may carry all of the mass. Its place is a
 * root of (alpha + u) (1 - (s + 1) e^(b u)/(beta - 1 + e^(b u))) = n/b, whose left side is log-concave where it is positive, so it
 * has two roots at most, the valley and the mode. What is `deep` below the higher mode is left out, on each side of each. With
 * counts in it (the distribution of orders) modes are looked for on a grid. Most customers are in no need of all that: where the
 * integrand cannot vary by more than e^`quick` over the whole span, the span is one stretch. */
#include "models/btyd_gompertz_plan.h"

#include <math.h>

static const double deep = 38.0, quick = 30.0; /* of the logarithm of the integrand */
static const double most = 1e300, farthest = 1e150;
static const double small_enough = 2980.0; /* about e^8 */

/* --- the integrand, one point at a time ------------------------------------------------------------------------------------- */

retain__gompertz_law retain__gompertz_law_of(const double *p)
{
    retain__gompertz_law law;
    double above = p[RETAIN__GOMPERTZ_BETA] - 1.0, size = above < 0.0 ? -above : above;

    law.b = p[RETAIN__GOMPERTZ_B];
    law.s = p[RETAIN__GOMPERTZ_S];
    law.beta = p[RETAIN__GOMPERTZ_BETA];
    law.center = (law.beta < 0.5 ? retain__fast_log1p(-law.beta) : size > 1e-18 ? retain__fast_log(size) : -41.0) / law.b;
    law.radius = above > 0.0 ? 3.14159265358979324 / law.b : 0.0;
    law.cap = 40.0 + (above > 0.0 ? retain__fast_log(law.beta) : 0.0);
    return law;
}

retain__gompertz_shape retain__gompertz_shape_at(const retain__gompertz_law *law, double age, double end, int dies)
{
    retain__gompertz_shape shape = {.law = law, .alpha = 1.0, .end = end, .dies = dies};
    double rest = retain__fast_expm1(-law->b * age);

    shape.above = (law->beta - 1.0) * (1.0 + rest);
    shape.beta = law->beta * (1.0 + rest) - rest;
    shape.center = law->center - age;
    return shape;
}

double retain__gompertz_log(const retain__gompertz_shape *shape, double u)
{
    const double bu = shape->law->b * u, cap = shape->law->cap, inside = bu < cap ? bu : cap;

    return retain__fast_log1p(retain__expm1_normal(inside) / shape->beta) + (bu - inside);
}

/* Minus the logarithm of the integrand by u, but for a constant. */
static double depth_at(const retain__gompertz_shape *shape, double u)
{
    const double bu = shape->law->b * u, cap = shape->law->cap, inside = bu < cap ? bu : cap;
    const double near = retain__fast_log1p(retain__expm1_normal(inside) / shape->beta);
    double depth = shape->law->s * (near + (bu - inside)) + shape->delta * u;

    if (shape->dies)
        depth += near - inside;
    if (shape->n > 0.0)
        depth += shape->n * retain__gompertz_log_ratio(u, shape->alpha);
    if (shape->count > 0.0)
        depth += shape->count * (u > 0.0 ? retain__gompertz_log_ratio(shape->alpha, u) : 1e300);
    return depth;
}

/* The place on the left of 0 from which distances are measured on a logarithmic scale. */
static double pole_of(const retain__gompertz_shape *shape)
{
    double pole = shape->n > 0.0 ? shape->alpha : farthest;

    if (shape->count > 0.0)
        return 0.0;
    return shape->law->radius > 0.0 || pole < -shape->center ? pole : -shape->center;
}

/* The natural scale of u at a place: its distance from the nearest singularity. */
static double scale_at(const retain__gompertz_shape *shape, double pole, double u)
{
    const double from_center = u - shape->center, radius = shape->law->radius, near = pole + u;
    double far;

    if (radius == 0.0)
        return near;
    far = sqrt(from_center * from_center + radius * radius);
    return near < far ? near : far;
}

/* The same by the variable of the pieces. */
static double level_at(const retain__gompertz_shape *shape, double pole, double u)
{
    const double scale = scale_at(shape, pole, u);

    return depth_at(shape, u) - retain__fast_log(scale > 1e-300 ? scale : 1e-300);
}

/* --- where the integrand is ----------------------------------------------------------------------------------------------- */

/* The place between `inside` and `outside` where the level has risen to `limit`, or a little beyond. */
static double find_cut(const retain__gompertz_shape *shape, double pole, double inside, double outside, double limit)
{
    const double side = outside < inside ? -1.0 : 1.0, base = pole + inside;
    double away = outside - inside, low = 0.0, high;

    if (away == 0.0 || !(level_at(shape, pole, outside) > limit))
        return outside;
    /* on the scale of log(pole + u) */
    high = side > 0.0                   ? retain__gompertz_log_ratio(away, base)
           : base + away > 1e-30 * base ? -retain__fast_log((base + away) / base)
                                        : 69.0;
    for (int step = 0; step < 60; step++) {
        double middle = low == 0.0 ? 0.25 * high : 0.5 * (low + high);
        double u = inside + base * (side > 0.0 ? retain__expm1_normal(middle) : retain__fast_expm1(-middle));

        if (level_at(shape, pole, u) > limit) {
            high = middle;
            outside = u;
        } else {
            low = middle;
        }
        if (low > 0.0 && high < 1.1 * low)
            break;
    }
    return outside;
}

static void add_piece(retain__gompertz_plan *to, double start, double scale, double growth, double end, double fall)
{
    const double width = end - start, root = sqrt((width - scale) * (width - scale) + 4.0 * growth * width);
    const double grown = scale > width ? 2.0 * width / (scale - width + root) : (width - scale + root) / (2.0 * growth);

    if (width > 0.0 && scale > 0.0)
        to->pieces[to->count++] =
            (retain__gompertz_piece){start, scale, growth, retain__fast_log1p(grown < most ? grown : 1e300), fall};
}

/* Adds a stretch of the range: where the pole is nearer, with y = log(pole + u), where those around the center are, with y =
 * asinh((u - center) / radius). */
static void add_plain_stretch(const retain__gompertz_shape *shape, double pole, double start, double end, double fall,
                              retain__gompertz_plan *to)
{
    const double radius = shape->law->radius, center = shape->center, apart = pole + center;
    double turn = end;

    if (radius > 0.0 && apart > 0.0)
        turn = (center - pole) * 0.5 + radius / (2.0 * apart) * radius;
    turn = turn < start ? start : turn > end ? end : turn;
    if (turn > start)
        add_piece(to, start, pole + start, pole + start, turn, fall);
    if (end > turn) {
        double from_center = turn - center, scale = sqrt(from_center * from_center + radius * radius);

        add_piece(to, turn, scale,
                  from_center < 0.0 ? radius / (2.0 * (scale - from_center)) * radius : 0.5 * (scale + from_center), end, fall);
    }
}

/* The same for all that is to be integrated. Moments hold e^-D and its square as well, which may fall faster than the integrand:
 * the stretch is cut where e^-D has become small, and where nothing is left of it. */
static void add_stretch(const retain__gompertz_shape *shape, double pole, double start, double end, double fall,
                        retain__gompertz_plan *to)
{
    const double b = shape->law->b, turns[] = {retain__fast_log1p(shape->beta * small_enough) / b, shape->law->cap / b, end};

    if (!to->all_moments) {
        add_plain_stretch(shape, pole, start, end, fall, to);
        return;
    }
    for (size_t k = 0; k < sizeof turns / sizeof *turns && start < end; k++) {
        const double turn = turns[k] < end ? turns[k] : end;
        double more;

        if (!(turn > start))
            continue;
        more = retain__gompertz_log(shape, turn) - retain__gompertz_log(shape, start);
        more = fall + (k < 2 ? 2.0 * more : 0.0);
        add_plain_stretch(shape, pole, start, turn, more < deep ? more : deep, to);
        start = turn;
    }
}

/* The modes of an integrand: the places of its highest values, and the valley between them if there are two. */
typedef struct modes {
    int two;
    double first, valley, second;
} modes;

/* Slope of log(-S'), divided by b, times (alpha + u): modes of the density are where it passes n / b. */
static double ageing_at(const retain__gompertz_shape *shape, double u)
{
    const double bu = shape->law->b * u, cap = shape->law->cap, grown = retain__expm1_normal(bu < cap ? bu : cap);

    return (shape->alpha + u) * (1.0 - (shape->law->s + 1.0) * ((1.0 + grown) / (shape->beta + grown)));
}

/* Modes where there are no counts: at 0, and, if death becomes ever more likely with age, perhaps later. The function above is
 * log-concave where it is positive, so that it passes a level at most twice. */
static void find_ages(const retain__gompertz_shape *shape, modes *of)
{
    const retain__gompertz_law *law = shape->law;
    double wanted = shape->n / law->b, left = 0.0, right, last, found = 0.0;

    if (!shape->dies || !(shape->above > law->s) || shape->delta > 0.0)
        return;
    last = retain__fast_log(shape->above / law->s) / law->b; /* beyond it, death is less likely every day */
    right = last = last < shape->end ? last : shape->end;
    if ((shape->alpha + last) * (1.0 - (law->s + 1.0) / shape->beta) <= wanted)
        return;
    if (ageing_at(shape, last) > wanted) {
        found = last;
    } else {
        for (int step = 0; step < 14 && found == 0.0; step++) { /* to the top of the function */
            const double middle = 0.5 * (left + right), bu = law->b * middle;
            const double grown = retain__expm1_normal(bu < law->cap ? bu : law->cap), share = (1.0 + grown) / (shape->beta + grown);

            if (ageing_at(shape, middle) > wanted)
                found = middle;
            else if (1.0 - (law->s + 1.0) * share >
                     (shape->alpha + middle) * (law->s + 1.0) * law->b * share * (shape->above / (shape->beta + grown)))
                left = middle;
            else
                right = middle;
        }
        if (found == 0.0)
            return;
    }
    of->second = found;
    for (double high = last; high - of->second > 0.01 * high;) {
        const double middle = 0.5 * (of->second + high);

        if (ageing_at(shape, middle) > wanted)
            of->second = middle;
        else
            high = middle;
    }
    if (ageing_at(shape, 0.0) > wanted) {
        of->first = of->second;
        return;
    }
    of->two = 1;
    of->valley = found;
    for (double low = 0.0; of->valley - low > 0.01 * of->valley;) {
        const double middle = 0.5 * (of->valley + low);

        if (ageing_at(shape, middle) > wanted)
            of->valley = middle;
        else
            low = middle;
        if (of->valley < 1e-6 * found)
            break;
    }
}

/* The lowest level between two places, by golden section in log u. */
static double find_lowest(const retain__gompertz_shape *shape, double low, double high)
{
    static const double golden = 0.61803398874989485;
    double length = retain__fast_log(high / low), at = low;

    for (int step = 0; step < 40 && length > 1e-3; step++) {
        const double left = at * retain__exp_normal((1.0 - golden) * length), right = at * retain__exp_normal(golden * length);

        if (level_at(shape, 0.0, left) > level_at(shape, 0.0, right))
            at = left;
        length *= golden;
    }
    return at * retain__exp_normal(0.5 * length);
}

/* Modes where there are counts: looked for from far below the smallest scale to the end. */
static void find_counts(const retain__gompertz_shape *shape, modes *of)
{
    enum { PLACES = 128 };
    const retain__gompertz_law *law = shape->law;
    double least = shape->end, ratio, level[PLACES], place[PLACES], highest = -most;

    least = least < shape->alpha ? least : shape->alpha;
    least = least * law->b < 1.0 ? least : 1.0 / law->b;
    least = least < shape->beta / (law->b * (law->s + 1.0)) ? least : shape->beta / (law->b * (law->s + 1.0));
    least = least > 1e-250 ? 1e-3 * least : 1e-253;
    ratio = retain__exp_normal(retain__fast_log(shape->end / least) / (PLACES - 1));
    of->first = of->second = shape->end;
    for (int i = 0; i < PLACES; i++) {
        place[i] = i + 1 < PLACES ? least : shape->end;
        level[i] = level_at(shape, 0.0, place[i]);
        least *= ratio;
    }
    for (int i = 1, found = 0; i < PLACES; i++) {
        if (level[i] > level[i - 1] || (i + 1 < PLACES && level[i] >= level[i + 1])) {
            if (level[i] > highest) { /* the deepest place since the last mode */
                highest = level[i];
                of->valley = place[i];
            }
            continue;
        }
        of->second = i + 1 < PLACES ? find_lowest(shape, place[i - 1], place[i + 1]) : shape->end;
        of->two = found++ > 0;
        if (!of->two) {
            of->first = of->second;
            highest = -most;
        }
    }
}

/* From one mode or valley to the next, the level rising or falling all the way. */
static void add_slope(const retain__gompertz_shape *shape, double pole, double mode, double other, double limit,
                      retain__gompertz_plan *to)
{
    const double level = level_at(shape, pole, mode);
    double cut, fall;

    if (level > limit)
        return;
    cut = find_cut(shape, pole, mode, other, limit);
    fall = level_at(shape, pole, cut) - level;
    fall = fall < 0.0 ? -fall : fall;
    fall = fall < deep + 4.0 ? fall : deep + 4.0;
    add_stretch(shape, pole, cut < mode ? cut : mode, cut < mode ? mode : cut, fall, to);
}

void retain__gompertz_make_plan(const retain__gompertz_shape *given, double A, double D, int all_moments, retain__gompertz_plan *to)
{
    retain__gompertz_shape shape = *given;
    const retain__gompertz_law *law = shape.law;
    const double pole = pole_of(&shape), bound = law->b * shape.end;
    modes of = {0, 0.0, 0.0, 0.0};
    double limit, other;

    to->count = 0;
    to->all_moments = all_moments;
    to->low = 0.0;
    if (!(shape.end > 0.0))
        return;
    if (shape.count == 0.0 && bound < 300.0) {
        double all = law->s * D + shape.n * A + shape.delta * shape.end;

        if (shape.dies)
            all += D < bound ? bound - D : D - bound;
        if (all < quick) {
            add_stretch(&shape, pole, 0.0, shape.end, all, to);
            return;
        }
    }
    if (shape.count == 0.0) {
        /* S falls at least as e^(-s b u) / beta^s does, up to a factor that the first term makes up for */
        double end = (800.0 + (law->s + 1.0) * (law->cap - 40.0)) / (law->s * law->b + shape.delta);

        end = end < farthest ? end : farthest;
        shape.end = shape.end < end ? shape.end : end;
        find_ages(&shape, &of);
    } else {
        find_counts(&shape, &of);
    }
    to->low = level_at(&shape, pole, of.first);
    other = of.two ? level_at(&shape, pole, of.second) : to->low;
    to->low = other < to->low ? other : to->low;
    limit = to->low + deep;
    if (of.first > 0.0)
        add_slope(&shape, pole, of.first, 0.0, limit, to);
    if (of.two) {
        add_slope(&shape, pole, of.first, of.valley, limit, to);
        add_slope(&shape, pole, of.second, of.valley, limit, to);
    }
    add_slope(&shape, pole, of.two ? of.second : of.first, shape.end, limit, to);
}
