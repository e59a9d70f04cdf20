/* Pieces that every shim uses: refusing with a sentence, comparing lengths by name, asking the language for output columns, running the
 * library, filling records. A shim leaves its outcome in ctx->status, ctx->row and ctx->error; the language's context typemap raises it. */
#ifndef RETAIN_SHIMS_SUPPORT_H
#define RETAIN_SHIMS_SUPPORT_H

#include <string.h>

#include "shims/views.h"

/* Is this required column there? */
static int require_column(retain_context *ctx, const void *data, const char *name)
{
    return data ? 1 : refuse(ctx, "%s is missing; it is required", name);
}
#define REQUIRE(ctx, column) require_column(ctx, (column).data, (column).name)

/* Is the column absent, or as long as another one? */
static int match_length(retain_context *ctx, const void *data, size_t count, const char *name, size_t rows, const char *other)
{
    if (!data || count == rows)
        return 1;
    return refuse(ctx, "%s has %zu rows, %s has %zu; they must have as many", name, count, other, rows);
}
#define MATCH(ctx, column, other) match_length(ctx, (column).data, (column).count, (column).name, (other).count, (other).name)

/* Memory for one output column: `data` and `count` are what the caller gave, if the language lets callers give memory. Returns the memory, or
 * NULL when the column is not wanted, or with ctx->status set when there is none or it has another length than `rows`. With `at_most`, `rows` is
 * an upper bound: the language may supply any length, and leaves it in `*count`. */
static void *retain_provide(retain_context *ctx, void *data, size_t *count, int wanted, size_t width, const char *name,
                            void **owner, size_t rows, int at_most);
/* Afterwards: only the first `rows` rows of the column have been written. */
static void retain_trim(void *data, size_t *count, size_t width, void **owner, size_t rows);

#define PROVIDE(ctx, out, rows)                                                                                                    \
    ((out)->data =                                                                                                                 \
         retain_provide(ctx, (out)->data, &(out)->count, (out)->wanted, sizeof *(out)->data, (out)->name, &(out)->owner, rows, 0), \
     (ctx)->status == RETAIN_OK)
#define PROVIDE_UP_TO(ctx, out, rows, capacity)                                                                                    \
    ((out)->data =                                                                                                                 \
         retain_provide(ctx, (out)->data, &(out)->count, (out)->wanted, sizeof *(out)->data, (out)->name, &(out)->owner, rows, 1), \
     lower_capacity((out)->wanted, (out)->count, capacity), (ctx)->status == RETAIN_OK)
#define TRIM(out, rows) retain_trim((out)->data, &(out)->count, sizeof *(out)->data, &(out)->owner, rows)

/* The capacity of several columns is that of the shortest. */
static void lower_capacity(int wanted, size_t count, size_t *capacity)
{
    if (wanted && count < *capacity)
        *capacity = count;
}

/* a * b rows, refused when no array can be that long. */
static int multiply_rows(retain_context *ctx, size_t a, size_t b, size_t *product)
{
    if (b != 0 && a > SIZE_MAX / sizeof(double) / b)
        return refuse(ctx, "%zu x %zu values are more than an array can hold", a, b);
    *product = a * b;
    return 1;
}

/* Runs one library call, which leaves its outcome in the context. */
#define RUN(ctx, call) (retain_unlock(ctx), (void)(call), retain_lock(ctx))

static void record_whole(record *into, const char *name, int64_t value)
{
    into->field[into->count].name = name;
    into->field[into->count].kind = RECORD_WHOLE;
    into->field[into->count++].whole = value;
}

static void record_number(record *into, const char *name, double value)
{
    into->field[into->count].name = name;
    into->field[into->count].kind = RECORD_NUMBER;
    into->field[into->count++].number = value;
}

static void record_numbers(record *into, const char *name, const double *values, size_t length)
{
    memcpy(into->numbers + into->numbers_used, values, length * sizeof *values);
    into->field[into->count].name = name;
    into->field[into->count].kind = RECORD_NUMBERS;
    into->field[into->count].first = into->numbers_used;
    into->field[into->count++].length = length;
    into->numbers_used += length;
}

static void record_text(record *into, const char *name, const char *text)
{
    size_t length = strlen(text) + 1;
    memcpy(into->texts + into->texts_used, text, length);
    into->field[into->count].name = name;
    into->field[into->count].kind = RECORD_TEXT;
    into->field[into->count++].text = into->texts + into->texts_used;
    into->texts_used += length;
}

/* A fit that found no trustworthy optimum is not an exception of the raw layer: model and report are handed back, and the layer above raises
 * with both in hand. */
static void record_fit(retain_context *ctx, record *into, const retain_fit_report *report)
{
    size_t k = report->parameters;
    double kind[RETAIN_FIT_PARAMETERS];
    if (ctx->status != RETAIN_OK && ctx->status != RETAIN_ERROR_CONVERGENCE)
        return;
    record_whole(into, "status", (int64_t)ctx->status);
    record_text(into, "sentence", ctx->error);
    record_whole(into, "verdict", (int64_t)report->verdict);
    record_text(into, "explanation", report->explanation);
    record_whole(into, "rows", (int64_t)report->rows);
    record_number(into, "customers", report->customers);
    record_whole(into, "iterations", report->iterations);
    record_whole(into, "evaluations", report->evaluations);
    record_number(into, "log_likelihood", report->log_likelihood);
    record_number(into, "aic", report->aic);
    record_number(into, "bic", report->bic);
    record_number(into, "gradient_norm", report->gradient_norm);
    record_number(into, "condition", report->condition);
    record_numbers(into, "estimate", report->estimate, k);
    record_numbers(into, "standard_error", report->standard_error, k);
    record_numbers(into, "low", report->low, k);
    record_numbers(into, "high", report->high, k);
    record_numbers(into, "covariance", report->covariance, k * k);
    record_number(into, "objective", report->objective);
    record_whole(into, "estimated", (int64_t)report->estimated);
    record_whole(into, "coefficients", (int64_t)report->coefficients);
    record_whole(into, "has_prior", report->has_prior);
    record_whole(into, "data", (int64_t)report->data);
    for (size_t i = 0; i < k; i++)
        kind[i] = report->kind[i];
    record_numbers(into, "kind", kind, k);
    ctx->status = RETAIN_OK;
}

#endif
