/* The likelihood of the Pareto/NBD along pieces of time.
 *
 * The idea: within a piece rates are constant, p for purchases and q for deaths, so with D = 1 + A / alpha and E = 1 + C / beta at its
 * beginning, a moment v later D + p v and E + q v, the probability of dying in it without another order is the one integral of
 * btyd_pareto_integral.c with D / p for alpha and E / q for beta. Pieces follow each other, each weighted with the probability of
 * having come to it, (D_0 / D)^n (E_0 / E)^s; the last term is to be alive at T. All are between 0 and 1.
 *
 * Derivatives: log alpha is the coefficient of the constant covariate -1 in the purchase process, log beta that in the lifetime
 * process, so there are but four kinds of entries. With h_j = D_j / D, which within a piece is H_j + (x_j - H_j) P,
 *     dead at u:   log r: -r A     column j: -n h_j     log s: 1 - s B     column j: z_j - (s + 1) k_j
 *     alive at T:  log r: -r A     column j: -n h_j     log s: -s B        column j: -s k_j
 * each linear in one of A, P, B, Q, of whose products the integral gives the moments. The gradient is the mean of these, the Hessian
 * the mean of their derivatives plus their covariance; they are taken from their values at t_x, of which covariances lose nothing.
 *
 * How fast: the integrals of many customers go side by side. Segments (a piece of a customer's silence) are queued until there are
 * enough, integrated, and then taken in order, customer by customer. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "math/kernels.h"
#include "models/btyd_dynamic.h"
#include "models/btyd_pareto_integral.h"

enum { QUEUE = RETAIN__BTYD_RUN, MOMENTS = RETAIN__PARETO_MOMENTS, COLUMNS = RETAIN__DYNAMIC_COLUMNS };

typedef struct segment {
    size_t row, piece, own;
    double width, rate[2];
    int is_last;
    unsigned short spans, at; /* which spans, and where in them */
} segment;

/* The customer whose segments are being taken. */
typedef struct customer {
    double n, log_weight;  /* log of the probability of coming to this segment */
    double dead, log_tiny; /* sum of the ways to be dead; its logarithm where they are all too small */
    double log_D, log_E;   /* since t_x */
    double before;         /* log-likelihood at t_x */
    double D[2][RETAIN__DYNAMIC_NUMBERS];
    double shift[RETAIN__DYNAMIC_ENTRIES], gradient[RETAIN__DYNAMIC_ENTRIES];
    double hessian[RETAIN__DYNAMIC_ENTRIES * RETAIN__DYNAMIC_ENTRIES];
    size_t entries, first[5]; /* of each kind of entries */
} customer;

/* Spans of one kind, and what came out. */
typedef struct side {
    retain__pareto_spans spans;
    double moments[MOMENTS][RETAIN__BTYD_RUN];
} side;

typedef struct queue {
    const retain__dynamic *of;
    const retain__dynamic_rows *rows;
    retain__dynamic_take take;
    void *state;
    int order;
    size_t count;
    segment segments[QUEUE];
    side sides[2]; /* those with the larger D / p, and the others */
    customer now;
    size_t begun; /* row of `now` plus 1, 0 for none */
} queue;

/* --- one customer --------------------------------------------------------------------------------------------------------- */

/* What is to be added up, with its weight: an entry is base + slope times the first moment of its kind. */
typedef struct linear {
    double base[RETAIN__DYNAMIC_ENTRIES], slope[RETAIN__DYNAMIC_ENTRIES];
} linear;

static void begin(queue *in, size_t row)
{
    const retain__dynamic *of = in->of;
    const retain__dynamic_rows *rows = in->rows;
    const retain__dynamic_process *purchase = &of->process[RETAIN__PURCHASE], *lifetime = &of->process[RETAIN__LIFETIME];
    customer *now = &in->now;
    double *const states[] = {now->D[0], now->D[1]};
    double log_D, log_E;

    for (int k = 0; k < 2; k++) {
        memset(now->D[k], 0, of->process[k].numbers * sizeof(double));
        now->D[k][0] = 1.0;
    }
    retain__dynamic_integrate(of, in->order, rows->customer ? rows->customer[row] : 0, rows->start[row], rows->last[row], states);
    log_D = log(now->D[0][0]);
    log_E = log(now->D[1][0]);
    now->n = of->r + rows->x[row];
    now->log_weight = now->dead = now->log_D = now->log_E = 0.0;
    now->log_tiny = -(double)INFINITY;
    now->before = -now->n * log_D - of->s * log_E;
    in->begun = row + 1;
    if (in->order == 0)
        return;
    now->entries = 2 + purchase->columns + lifetime->columns;
    now->first[0] = 0;
    now->first[1] = 1;
    now->first[2] = 1 + purchase->columns;
    now->first[3] = now->first[2] + 1;
    now->first[4] = now->entries;
    now->shift[0] = -of->r * log_D;
    now->shift[now->first[2]] = -of->s * log_E;
    for (size_t j = 0; j < purchase->columns; j++)
        now->shift[1 + j] = -now->n * now->D[0][1 + j] / now->D[0][0];
    for (size_t j = 0; j < lifetime->columns; j++)
        now->shift[now->first[3] + j] = -of->s * now->D[1][1 + j] / now->D[1][0];
    memset(now->gradient, 0, now->entries * sizeof *now->gradient);
    memset(now->hessian, 0, now->entries * now->entries * sizeof *now->hessian);
}

/* Entries given the beginning of a segment; `is_dead` 0 for being alive. */
static RETAIN__INLINE void find_entries(const queue *in, double is_dead, double values[2][COLUMNS], linear *into)
{
    const customer *now = &in->now;
    const retain__dynamic *of = in->of;
    const double power[] = {now->n, of->s + is_dead};

    into->base[0] = -of->r * now->log_D;
    into->slope[0] = -of->r;
    into->base[now->first[2]] = is_dead - of->s * now->log_E;
    into->slope[now->first[2]] = -of->s;
    for (int k = 0; k < 2; k++) {
        const double each = 1.0 / now->D[k][0];

        for (size_t j = 0, i = now->first[2 * k + 1]; j < of->process[k].columns; j++, i++) {
            double h = now->D[k][1 + j] * each, value = is_dead != 0.0 ? values[k][j] : h;

            into->base[i] = -power[k] * h - now->shift[i] + (k == RETAIN__LIFETIME ? is_dead * value : 0.0);
            into->slope[i] = -power[k] * (value - h);
        }
    }
}

/* Adds first moments, and second ones of entries with each other; `m` are moments times their weight. */
static RETAIN__INLINE void add_products(customer *now, int order, const linear *of, const double *m)
{
    for (size_t g = 0, gh = RETAIN__PARETO_AA; g < 4; g++) {
        for (size_t i = now->first[g]; i < now->first[g + 1]; i++)
            now->gradient[i] += of->base[i] * m[0] + of->slope[i] * m[1 + g];
        for (size_t h = g; order > 1 && h < 4; h++, gh++) {
            double base[COLUMNS], slope[COLUMNS];
            const size_t first = now->first[h], last = now->first[h + 1];

            for (size_t j = first; j < last; j++) {
                base[j - first] = of->base[j] * m[0] + of->slope[j] * m[1 + h];
                slope[j - first] = of->base[j] * m[1 + g] + of->slope[j] * m[gh];
            }
            for (size_t i = now->first[g]; i < now->first[g + 1]; i++) {
                double *row = now->hessian + i * now->entries;

                for (size_t j = g == h ? i : first; j < last; j++)
                    row[j] += of->base[i] * base[j - first] + of->slope[i] * slope[j - first];
            }
        }
    }
}

/* Adds the means of the entries' own derivatives. */
static RETAIN__INLINE void add_curvature(queue *in, double is_dead, double values[2][COLUMNS], const double *m)
{
    customer *now = &in->now;
    const retain__dynamic *of = in->of;
    const double power[] = {now->n, of->s + is_dead}, shape[] = {of->r, of->s};
    const size_t log_of[] = {RETAIN__PARETO_A, RETAIN__PARETO_B}, share_of[] = {RETAIN__PARETO_P, RETAIN__PARETO_Q};
    const size_t square_of[] = {RETAIN__PARETO_PP, RETAIN__PARETO_QQ};

    for (size_t k = 0; k < 2; k++) {
        const size_t columns = of->process[k].columns, at = now->first[2 * k], first = at + 1;
        const double *second = now->D[k] + 1 + columns, each = 1.0 / now->D[k][0];
        const double share = m[share_of[k]], square = m[square_of[k]], rest = (m[0] - share) * each;
        double h[COLUMNS], d[COLUMNS], of_h[COLUMNS], of_d[COLUMNS], x[COLUMNS];

        for (size_t j = 0; j < columns; j++) {
            h[j] = now->D[k][1 + j] * each;
            x[j] = is_dead != 0.0 ? values[k][j] : 0.0; /* alive there is no time that it holds for */
            d[j] = is_dead != 0.0 ? x[j] - h[j] : 0.0;
            of_h[j] = m[0] * h[j] + share * d[j];
            of_d[j] = share * h[j] + square * d[j];
        }
        now->hessian[at * now->entries + at] +=
            now->shift[at] * m[0] - shape[k] * ((k ? now->log_E : now->log_D) * m[0] + m[log_of[k]]);
        for (size_t j = 0; j < columns; j++) {
            double *row = now->hessian + (first + j) * now->entries + first;

            now->hessian[at * now->entries + first + j] -= shape[k] * of_h[j];
            for (size_t l = j; l < columns; l++)
                row[l] -= power[k] * (*second++ * rest + share * x[j] * x[l] - h[j] * of_h[l] - d[j] * of_d[l]);
        }
    }
}

/* Adds what being dead in a segment, or alive at T, has to say about the entries. */
static RETAIN__INLINE void differentiate_body(queue *in, double is_dead, double (*values)[COLUMNS], const double *m)
{
    linear of;

    find_entries(in, is_dead, values, &of);
    add_products(&in->now, in->order, &of, m);
    if (in->order > 1)
        add_curvature(in, is_dead, values, m);
}

RETAIN__VECTORISED(static, differentiate, (queue * in, double is_dead, double (*values)[COLUMNS], const double *m),
                   (in, is_dead, values, m));

/* Takes the end of a customer's silence: alive at T. */
static void finish(queue *in)
{
    customer *now = &in->now;
    const double alive = exp(now->log_weight), all = now->dead + alive;
    retain__dynamic_found found = {
        .row = in->begun - 1, .log_alive = now->log_weight, .gradient = now->gradient, .hessian = now->hessian};

    found.log_dead = now->dead >= DBL_MIN ? log(now->dead) : now->log_tiny;
    found.log_likelihood = now->before + (all >= DBL_MIN                     ? log(all)
                                          : now->log_weight > found.log_dead ? now->log_weight
                                                                             : found.log_dead);
    if (in->order > 0) {
        const double each = all >= DBL_MIN ? 1.0 / all : 0.0;
        double m[MOMENTS] = {alive};

        differentiate(in, 0.0, NULL, m);
        for (size_t i = 0; i < now->entries; i++)
            now->gradient[i] *= each;
        for (size_t i = 0; in->order > 1 && i < now->entries; i++) {
            for (size_t j = i; j < now->entries; j++)
                now->hessian[i * now->entries + j] =
                    now->hessian[i * now->entries + j] * each - now->gradient[i] * now->gradient[j];
        }
        for (size_t i = 0; i < now->entries; i++)
            now->gradient[i] += now->shift[i];
    }
    in->take(in->state, &found);
    in->begun = 0;
}

static void take_segment(queue *in, const segment *of)
{
    customer *now = &in->now;
    const retain__pareto_spans *spans = &in->sides[of->spans].spans;
    const double weight = exp(now->log_weight), mass = in->sides[of->spans].moments[0][of->at];

    now->dead += weight * mass;
    if (mass > 0.0 && now->dead < DBL_MIN) {
        double way = now->log_weight + log(mass);

        now->log_tiny = way > now->log_tiny ? way : now->log_tiny;
    }
    if (in->order > 0) {
        double m[MOMENTS], values[2][COLUMNS];

        for (size_t i = 0; i < MOMENTS; i++)
            m[i] = weight * in->sides[of->spans].moments[i][of->at];
        for (int k = 0; k < 2; k++)
            retain__dynamic_values(&in->of->process[k], of->piece, of->own, values[k]);
        differentiate(in, 1.0, values, m);
        for (int k = 0; k < 2; k++)
            retain__dynamic_add(&in->of->process[k], values[k], of->rate[k] * of->width, now->D[k]);
    }
    now->log_D += spans->log_alpha[of->at];
    now->log_E += spans->log_beta[of->at];
    now->log_weight = -(now->n * now->log_D + spans->s * now->log_E);
    if (of->is_last)
        finish(in);
}

/* --- many customers ------------------------------------------------------------------------------------------------------- */

static void flush(queue *in)
{
    for (side *of = in->sides; of < in->sides + 2; of++) {
        if (of->spans.count && in->order > 0)
            retain__pareto_moments(&of->spans, of->moments);
        else if (of->spans.count)
            retain__pareto_mass(&of->spans, of->moments[RETAIN__PARETO_MASS]);
    }
    for (size_t i = 0; i < in->count; i++) {
        if (!in->begun)
            begin(in, in->segments[i].row);
        take_segment(in, &in->segments[i]);
    }
    in->count = in->sides[0].spans.count = in->sides[1].spans.count = 0;
}

static void push(queue *in, const segment *of, const double *D)
{
    const double alpha = D[0] / of->rate[0], beta = D[1] / of->rate[1];
    const unsigned short k = alpha <= beta;
    retain__pareto_spans *spans = &in->sides[k].spans;
    segment *queued = &in->segments[in->count++];

    *queued = *of;
    queued->spans = k;
    queued->at = (unsigned short)spans->count;
    spans->n[spans->count] = in->of->r + in->rows->x[of->row];
    spans->alpha[spans->count] = alpha;
    spans->beta[spans->count] = beta;
    spans->span[spans->count++] = of->width;
    if (in->count == QUEUE)
        flush(in);
}

/* Queues the silence of a row. */
static void queue_row(queue *in, size_t row)
{
    const retain__dynamic_rows *rows = in->rows;
    const size_t owner = rows->customer ? rows->customer[row] : 0;
    retain__dynamic_walk walk = retain__dynamic_set_out(in->of, owner, rows->last[row], rows->end[row]);
    double D[] = {1.0, 1.0}, *const states[] = {&D[0], &D[1]};
    segment next = {.row = row, .piece = walk.piece, .own = walk.own, .is_last = 1};

    retain__dynamic_integrate(in->of, 0, owner, rows->start[row], rows->last[row], states);
    if (walk.at >= walk.to) { /* seen at the very end: a silence of no time */
        for (int k = 0; k < 2; k++)
            next.rate[k] = in->of->process[k].rate[walk.piece] * walk.own_rate[k];
        push(in, &next, D);
        return;
    }
    while (retain__dynamic_step(&walk, &next.piece, &next.own)) {
        next.width = walk.width;
        next.is_last = walk.at >= walk.to;
        next.rate[0] = walk.rate[0];
        next.rate[1] = walk.rate[1];
        push(in, &next, D);
        D[0] += walk.rate[0] * walk.width;
        D[1] += walk.rate[1] * walk.width;
    }
}

void retain__dynamic_find(const retain__dynamic *of, const retain__dynamic_rows *rows, size_t first, size_t last,
                          retain__dynamic_take take, void *state)
{
    queue in;

    in.of = of;
    in.rows = rows;
    in.take = take;
    in.state = state;
    in.order = of->process[RETAIN__PURCHASE].order;
    in.count = in.begun = in.sides[0].spans.count = in.sides[1].spans.count = 0;
    for (int k = 0; k < 2; k++) {
        in.sides[k].spans.alpha_is_smaller = k;
        in.sides[k].spans.s = of->s;
    }
    for (size_t row = first; row < last; row++)
        queue_row(&in, row);
    flush(&in);
}
