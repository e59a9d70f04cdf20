/* Verdicts in words: which columns a verdict is about, what it means, what to do. */
#include "models/logistic_words.h"

#include <math.h>
#include <stdarg.h>

#include "core/text.h"

enum { FEW = 5, FEW_EVENTS = 5 }; /* names that a sentence has room for; outcomes for each coefficient that are too few */

static void say(retain_logistic_report *to, size_t *length, const char *format, ...) RETAIN__PRINTF(3, 4);

static void say(retain_logistic_report *to, size_t *length, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    *length += retain__format(to->explanation + *length, sizeof to->explanation - *length, format, arguments);
    va_end(arguments);
}

/* The column of a coordinate; *is_missing: of its indicator. */
static size_t column_of(const retain__logistic_rows *rows, size_t coordinate, int *is_missing)
{
    *is_missing = coordinate > rows->predictors->columns;
    for (size_t j = 0; *is_missing && j < rows->predictors->columns; j++) {
        if (rows->indicator[j] == coordinate)
            return j;
    }
    return coordinate - 1;
}

/* "column 3", "column 0, missing column 3 and 7 others": the coordinates that bear a mark. Returns how many. */
static size_t say_columns(const retain__logistic_search *search, const uint8_t *marks, uint8_t wanted, retain_logistic_report *to,
                          size_t *length)
{
    const size_t most = search->passes.rows->coordinates;
    size_t count = 0, said = 0;

    for (size_t k = 1; k < most; k++)
        count += marks[k] == wanted;
    for (size_t k = 1; k < most && said < FEW; k++) {
        int is_missing = 0;
        size_t column;

        if (marks[k] != wanted)
            continue;
        column = column_of(search->passes.rows, k, &is_missing);
        say(to, length, said == 0 ? "" : said + 1 == count ? " and " : ", ");
        say(to, length, is_missing ? "missing column %zu" : "column %zu", column);
        said++;
    }
    if (count > said)
        say(to, length, " and %zu others", count - said);
    return count;
}

static void explain_separation(const retain__logistic_search *search, retain_logistic_report *report, size_t *length)
{
    size_t count;

    if (report->verdict == RETAIN_LOGISTIC_SEPARATED)
        say(report, length, "Every outcome is told apart by ");
    else
        say(report, length, "Some outcomes are told without exception by ");
    count = say_columns(search, search->kind, RETAIN_LOGISTIC_SEPARATING, report, length);
    say(report, length, "%s, so the likelihood has no maximum: %s grow%s without limit. Does a column know what came later? ",
        count > 1 ? " together" : "", count > 1 ? "coefficients" : "its coefficient", count > 1 ? "" : "s");
    say(report, length, "If not, l2 = 1 gives a model that can be used.");
}

static void explain_combination(const retain__logistic_search *search, retain_logistic_report *report, size_t *length)
{
    say(report, length, "column %zu is a combination of ", search->combined - 1);
    if (say_columns(search, search->involved, 1, report, length) == 0)
        say(report, length, "a constant");
    say(report, length, ", so its coefficient is open. It is left out of the model given: leave it out of the data, or give l2.");
}

static void explain_success(const retain__logistic_search *search, retain_logistic_report *report, size_t *length)
{
    const double fewer = fmin(report->events, report->customers - report->events);
    const size_t coefficients = search->passes.rows->coordinates - 1;
    size_t before, count;

    say(report, length, "The optimum was found.");
    before = *length;
    say(report, length, " Left out because constant: ");
    count = say_columns(search, search->kind, RETAIN_LOGISTIC_CONSTANT, report, length);
    if (count == 0)
        report->explanation[ *length = before] = '\0';
    else
        say(report, length, ".");
    if (!search->has_ridge && !search->has_lasso && fewer < FEW_EVENTS * (double)coefficients)
        say(report, length, " Only %g rows of the rarer outcome for %zu coefficients: they are likely too large, and l2 = 1 helps.",
            fewer, coefficients);
}

void retain__logistic_explain(const retain__logistic_search *search, retain_logistic_report *report)
{
    const retain__logistic_rows *rows = search->passes.rows;
    size_t length = 0;

    report->explanation[0] = '\0';
    switch (report->verdict) {
    case RETAIN_LOGISTIC_CONVERGED:
        explain_success(search, report, &length);
        break;
    case RETAIN_LOGISTIC_SEPARATED:
    case RETAIN_LOGISTIC_QUASI_SEPARATED:
        explain_separation(search, report, &length);
        break;
    case RETAIN_LOGISTIC_COLLINEAR:
        explain_combination(search, report, &length);
        break;
    case RETAIN_LOGISTIC_ONE_CLASS:
        say(report, &length, "The outcome is %d in all rows, which is one class: nothing can be learnt of the other.", report->events > 0.0);
        break;
    case RETAIN_LOGISTIC_TOO_LITTLE_DATA:
        if (rows->used == 0)
            say(report, &length, "There are no rows of weight above 0.");
        else
            say(report, &length, "%zu rows cannot tell %zu coefficients apart; more rows, fewer columns, or l2 > 0.", rows->used,
                rows->coordinates);
        break;
    case RETAIN_LOGISTIC_NONE:
    case RETAIN_LOGISTIC_STOPPED:
        say(report, &length, "No optimum was reached in %d steps; numbers may be beyond arithmetic.", search->iterations);
        break;
    }
}
