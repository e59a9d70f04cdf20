/* Products of columns, summed over rows.
 *
 * A tile of the result, 4 by 8, is kept in registers while 256 rows pass by: for each row eight numbers are loaded once and multiplied
 * by four, so that two thirds of the work are arithmetic. Plain C leaves the tile in memory (gcc 12) and takes three times as long, so
 * the one loop there is is written for a type of `lanes` numbers side by side, and compiled for one, four and eight of them. */
#include "math/gram.h"

#include <string.h>

#include "math/kernels.h"

enum { ROWS = RETAIN__GRAM_ROWS, WIDTH = RETAIN__GRAM_WIDTH, PANEL = RETAIN__GRAM_PANEL, HIGH = 4 };

#if defined(__GNUC__) && defined(__x86_64__) && defined(__OPTIMIZE__) && RETAIN_VECTOR_BITS >= 256
#define HAS_FOUR 1
typedef double four __attribute__((vector_size(32), may_alias));
#else
#define HAS_FOUR 0
#endif
#if RETAIN__VECTOR_BITS >= 512
typedef double eight __attribute__((vector_size(64), may_alias, aligned(32))); /* aligned as four are */
#endif

/* NAME_centre: as retain__gram_centre. NAME_weigh: every row of a panel times its weight. NAME_tile: four columns of `left` with eight of `right`, into rows of `gram`.
 * NAME_sum: eight columns times the weight. */
#define KERNELS(name, target, type, lanes)                                                                                        \
    target static void name##_weigh(const double *panel, const double *weight, double *weighted)                                  \
    {                                                                                                                             \
        const type *from = (const type *)panel;                                                                                   \
        type *to = (type *)weighted;                                                                                              \
                                                                                                                                  \
        for (size_t r = 0; r < ROWS; r++)                                                                                         \
            for (size_t k = 0; k < WIDTH / lanes; k++)                                                                            \
                to[r * (WIDTH / lanes) + k] = weight[r] * from[r * (WIDTH / lanes) + k];                                          \
    }                                                                                                                             \
    target static void name##_tile(const double *left, const double *right, double *gram, size_t stride)                          \
    {                                                                                                                             \
        const type *row = (const type *)right;                                                                                    \
        type sum[HIGH][WIDTH / lanes];                                                                                            \
                                                                                                                                  \
        memset(sum, 0, sizeof sum);                                                                                               \
        for (size_t r = 0; r < ROWS; r++, row += WIDTH / lanes, left += WIDTH)                                                    \
            for (size_t i = 0; i < HIGH; i++)                                                                                     \
                for (size_t k = 0; k < WIDTH / lanes; k++)                                                                        \
                    sum[i][k] += left[i] * row[k];                                                                                \
        for (size_t i = 0; i < HIGH; i++)                                                                                         \
            for (size_t k = 0; k < WIDTH / lanes; k++)                                                                            \
                ((type *)(gram + i * stride))[k] += sum[i][k];                                                                    \
    }                                                                                                                             \
    target static void name##_sum(const double *panel, const double *weight, double *sums)                                        \
    {                                                                                                                             \
        const type *row = (const type *)panel;                                                                                    \
        type sum[WIDTH / lanes];                                                                                                  \
                                                                                                                                  \
        memset(sum, 0, sizeof sum);                                                                                               \
        for (size_t r = 0; r < ROWS; r++, row += WIDTH / lanes)                                                                   \
            for (size_t k = 0; k < WIDTH / lanes; k++)                                                                            \
                sum[k] += weight[r] * row[k];                                                                                     \
        for (size_t k = 0; k < WIDTH / lanes; k++)                                                                                \
            ((type *)sums)[k] += sum[k];                                                                                          \
    }                                                                                                                             \
    target static void name##_centre(size_t panels, double *block, const double *centre, const double *over, const double *point, \
                                     double *product)                                                                             \
    {                                                                                                                             \
        const type *c = (const type *)centre, *o = (const type *)over, *b = (const type *)point;                                  \
                                                                                                                                  \
        for (size_t r = 0; r < ROWS; r++) {                                                                                       \
            type sum[WIDTH / lanes];                                                                                              \
            double each[WIDTH];                                                                                                   \
                                                                                                                                  \
            memset(sum, 0, sizeof sum);                                                                                           \
            for (size_t p = 0; p < panels; p++) {                                                                                 \
                type *x = (type *)(block + p * PANEL + r * WIDTH);                                                                \
                                                                                                                                  \
                for (size_t k = 0; k < WIDTH / lanes; k++) {                                                                      \
                    const type z = (x[k] - c[p * (WIDTH / lanes) + k]) * o[p * (WIDTH / lanes) + k];                              \
                                                                                                                                  \
                    x[k] = z;                                                                                                     \
                    sum[k] += z * b[p * (WIDTH / lanes) + k];                                                                     \
                }                                                                                                                 \
            }                                                                                                                     \
            memcpy(each, sum, sizeof each);                                                                                       \
            product[r] = retain__merge_lanes(each);                                                                               \
        }                                                                                                                         \
    }                                                                                                                             \
    static const kernels name = {name##_centre, name##_weigh, name##_tile, name##_sum}

typedef struct kernels {
    void (*centre)(size_t panels, double *block, const double *centre, const double *over, const double *point, double *product);
    void (*weigh)(const double *panel, const double *weight, double *weighted);
    void (*tile)(const double *left, const double *right, double *gram, size_t stride);
    void (*sum)(const double *panel, const double *weight, double *sums);
} kernels;

KERNELS(plain, , double, 1);
#if HAS_FOUR
KERNELS(wide, __attribute__((target("avx2"))), four, 4);
#endif
#if RETAIN__VECTOR_BITS >= 512
KERNELS(widest, RETAIN__FOR_512, eight, 8);
#endif

static const kernels *choose_kernels(void)
{
#if RETAIN__VECTOR_BITS >= 512
    if (retain__vector_bits() == 512)
        return &widest;
#endif
#if HAS_FOUR
    if (__builtin_cpu_supports("avx2"))
        return &wide;
#endif
    return &plain;
}

void retain__gram_centre(size_t panels, double *block, const double *centre, const double *over, const double *point,
                         double *product)
{
    choose_kernels()->centre(panels, block, centre, over, point, product);
}

void retain__gram_add(size_t panels, const double *block, const double *weight, double *weighted, double *gram)
{
    const kernels *use = choose_kernels();
    const size_t stride = panels * WIDTH;

    for (size_t p = 0; p < panels; p++)
        use->weigh(block + p * PANEL, weight, weighted + p * PANEL);
    for (size_t p = 0; p < panels; p++)
        for (size_t half = 0; half < WIDTH; half += HIGH)
            for (size_t q = 0; q <= p; q++)
                use->tile(weighted + p * PANEL + half, block + q * PANEL, gram + (p * WIDTH + half) * stride + q * WIDTH, stride);
}

void retain__gram_sums(size_t panels, const double *block, const double *weight, double *sums)
{
    const kernels *use = choose_kernels();

    for (size_t p = 0; p < panels; p++)
        use->sum(block + p * PANEL, weight, sums + p * WIDTH);
}
