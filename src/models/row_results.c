/* Results of rows: computed into scratch on any number of threads, and handed over when all is done. */
#include "models/row_results.h"

#include <string.h>

retain_status retain__compute_rows(retain_context *ctx, size_t rows, size_t each, size_t block, retain__work work, void *state,
                                   double **made, double *const *outputs, size_t count)
{
    retain__scratch scratch = {ctx, NULL};
    int ok = 1;
    const size_t results = retain__multiply(rows, each, &ok);
    retain_status status = RETAIN_OK;

    if (!ok)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW, "%zu rows times %zu times are more than an array can hold",
                            rows, each);
    for (size_t k = 0; k < count && status == RETAIN_OK; k++) {
        made[k] = outputs[k] ? retain__take(&scratch, results, sizeof(double)) : NULL;
        status = outputs[k] && !made[k] ? RETAIN_ERROR_MEMORY : RETAIN_OK;
    }
    if (status == RETAIN_OK)
        status = retain__parallel(ctx, rows, block, 0.0, 1.0, work, state);
    for (size_t k = 0; k < count && status == RETAIN_OK && results; k++) {
        if (outputs[k])
            memcpy(outputs[k], made[k], results * sizeof(double));
    }
    retain__release(&scratch);
    return status;
}
