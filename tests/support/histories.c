#include "histories.h"

#include "models.h"

const retain_btyd usual = {.family = RETAIN_BTYD_PARETO_NBD,
                           .unit_days = 7.0,
                           .r = 0.8,
                           .alpha = 6.0,
                           .s = 0.7,
                           .beta = 9.0,
                           .covariates = 3,
                           .purchase = {0.7, -0.2, 0.4},
                           .lifetime = {0.0, 0.0, -0.6}};

void open_shop(shop *of, retain_btyd truth, size_t count, size_t calendar_columns, size_t own_columns, uint64_t seed)
{
    size_t occasions = 0;
    uint64_t stream = seed;

    memset(of, 0, sizeof *of);
    of->count = count;
    of->truth = truth;
    of->start = calloc(count, sizeof(double));
    of->end = calloc(count, sizeof(double));
    of->weight = calloc(count, sizeof(double));
    of->first = calloc(count + 1, sizeof(int64_t));
    of->piece = calloc(count + 1, sizeof(int64_t));
    of->piece_start = calloc(OWN * count, sizeof(double));
    of->own = calloc(OWN * count, sizeof(double));
    for (size_t k = 0; k < CHANGES; k++) {
        of->calendar_start[k] = 13990.0 + 20.0 * (double)k;
        of->dummy[k] = k % 12 == 3 || k % 12 == 4;
        of->number[k] = (double)(random_bits(&stream) >> 44) / 524288.0 - 1.0;
    }
    for (size_t i = 0; i < count; i++) {
        of->start[i] = 14000.0 + (double)(random_bits(&stream) % 300);
        of->end[i] = 14700.0;
        of->weight[i] = (double)(random_bits(&stream) % 3);
        of->piece[i + 1] = of->piece[i] + 1 + (int64_t)(random_bits(&stream) % OWN);
        for (int64_t k = of->piece[i]; k < of->piece[i + 1]; k++) {
            of->piece_start[k] =
                k == of->piece[i] ? of->start[i] : of->piece_start[k - 1] + 1.0 + (double)(random_bits(&stream) % 300);
            of->own[k] = (double)((k - of->piece[i] + (int64_t)i) % 2);
        }
    }
    of->calendar[0] = of->dummy;
    of->calendar[1] = of->number;
    of->columns[0] = of->own;
    of->view = (retain_btyd_histories){.count = count,
                                       .start = of->start,
                                       .end = of->end,
                                       .first = of->first,
                                       .unit_days = 7.0,
                                       .calendar_pieces = CHANGES,
                                       .calendar_start = of->calendar_start,
                                       .calendar_columns = calendar_columns,
                                       .calendar = of->calendar,
                                       .piece = of->piece,
                                       .piece_start = of->piece_start,
                                       .own_columns = own_columns,
                                       .own = of->columns,
                                       .known_until = 15065.0};
    of->truth.covariates = calendar_columns + own_columns;
    assert_int_equal(retain_btyd_dynamic_simulate(NULL, &of->truth, &of->view, seed, of->first, NULL, 0, &occasions, NULL),
                     RETAIN_ERROR_CAPACITY);
    of->occasion = calloc(occasions + 1, sizeof(double));
    assert_int_equal(
        retain_btyd_dynamic_simulate(NULL, &of->truth, &of->view, seed, of->first, of->occasion, occasions, &occasions, NULL),
        RETAIN_OK);
    of->view.occasion = of->occasion;
}

void close_shop(shop *of)
{
    void *const blocks[] = {of->start, of->end, of->weight, of->first, of->piece, of->piece_start, of->own, of->occasion};

    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        free(blocks[i]);
}

static_columns summarise_shop(const shop *of)
{
    static_columns as = {
        calloc(of->count, sizeof(double)), calloc(of->count, sizeof(double)), calloc(of->count, sizeof(double)), {0}};

    for (size_t i = 0; i < of->count; i++) {
        int64_t last = of->first[i + 1];

        as.x[i] = (double)(last - of->first[i]);
        as.t_x[i] = as.x[i] > 0.0 ? (of->occasion[last - 1] - of->start[i]) / 7.0 : 0.0;
        as.T[i] = (of->end[i] - of->start[i]) / 7.0;
    }
    as.view = (retain_customers){.count = of->count, .frequency = as.x, .t_x = as.t_x, .T = as.T, .unit_days = 7.0};
    return as;
}

void forget(static_columns *as)
{
    free(as->x);
    free(as->t_x);
    free(as->T);
}

static double cell(const golden *table, size_t row, char letter, size_t number)
{
    const char name[] = {letter, (char)('0' + number), '\0'};

    return golden_number(table, row, name);
}

void read_history(const golden *table, size_t row, one_history *of)
{
    memset(of, 0, sizeof *of);
    of->model = golden_model(table, row, RETAIN_BTYD_PARETO_NBD);
    of->model.covariates = 2;
    of->model.purchase[0] = golden_number(table, row, "pc");
    of->model.purchase[1] = golden_number(table, row, "po");
    of->model.lifetime[0] = golden_number(table, row, "lc");
    of->model.lifetime[1] = golden_number(table, row, "lo");
    of->start = golden_number(table, row, "start");
    of->end = golden_number(table, row, "end");
    for (size_t k = 0; k < 4; k++) {
        of->calendar_start[k] = cell(table, row, 'c', k);
        of->calendar[k] = cell(table, row, 'v', k);
        if (k < 3) {
            of->piece_start[k] = cell(table, row, 'o', k);
            of->own[k] = cell(table, row, 'w', k);
        }
        of->occasion[k] = cell(table, row, 't', k);
        of->first[1] += of->occasion[k] == of->occasion[k];
    }
    of->piece[1] = 3;
    of->columns[0] = of->calendar;
    of->columns[1] = of->own;
    of->view = (retain_btyd_histories){.count = 1,
                                       .start = &of->start,
                                       .end = &of->end,
                                       .first = of->first,
                                       .occasion = of->occasion,
                                       .unit_days = 7.0,
                                       .calendar_pieces = 4,
                                       .calendar_start = of->calendar_start,
                                       .calendar_columns = 1,
                                       .calendar = of->columns,
                                       .piece = of->piece,
                                       .piece_start = of->piece_start,
                                       .own_columns = 1,
                                       .own = of->columns + 1,
                                       .known_until = (double)INFINITY};
}

void assert_same_model(const retain_btyd *a, const retain_btyd *b)
{
    assert_near(a->r, b->r, 0.0);
    assert_near(a->alpha, b->alpha, 0.0);
    assert_near(a->s, b->s, 0.0);
    assert_near(a->beta, b->beta, 0.0);
    assert_int_equal(a->covariates, b->covariates);
    assert_memory_equal(a->purchase, b->purchase, a->covariates * sizeof *a->purchase);
    assert_memory_equal(a->lifetime, b->lifetime, a->covariates * sizeof *a->lifetime);
}
