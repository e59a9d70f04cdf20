/* Verdicts in words: which columns a verdict is about, what it means, what to do. */
#include "models/logistic_words.h"

#include <math.h>
#include <stdarg.h>

#include "core/text.h"

enum { FEW = 5, FEW_EVENTS = 5 }; /* names that a sentence has room for; outcomes for each coefficient that are too few */

void retain__say(retain__words *to, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    to->length += retain__format(to->text + to->length, to->size - to->length, format, arguments);
    va_end(arguments);
}

/* The column of a coordinate; *is_missing: of its indicator. */
static size_t column_of(const retain__logistic_search *search, size_t k, int *is_missing)
{
    const retain__logistic_rows *rows = search->source.rows;
    const size_t coordinate = retain__logistic_coordinate(&search->source, k);

    *is_missing = coordinate > rows->predictors->columns;
    for (size_t j = 0; *is_missing && j < rows->predictors->columns; j++) {
        if (rows->indicator[j] == coordinate)
            return j;
    }
    return coordinate - 1;
}

/* "column 3", "column 0, missing column 3 and 7 others": the coordinates that bear a mark. Returns how many. */
static size_t say_columns(const retain__logistic_search *search, const uint8_t *marks, uint8_t wanted, retain__words *to)
{
    const size_t most = search->coordinates, first = search->source.leading;
    size_t count = 0, said = 0;

    for (size_t k = first; k < most; k++)
        count += marks[k] == wanted;
    for (size_t k = first; k < most && said < FEW; k++) {
        int is_missing = 0;
        size_t column;

        if (marks[k] != wanted)
            continue;
        column = column_of(search, k, &is_missing);
        retain__say(to, said == 0 ? "" : said + 1 == count ? " and " : ", ");
        retain__say(to, is_missing ? "missing column %zu" : "column %zu", column);
        said++;
    }
    if (count > said)
        retain__say(to, " and %zu others", count - said);
    return count;
}

/* What of a hazard's baselines has no maximum: smoothing alone holds periods in which everybody left, or nobody. */
static void explain_baselines(const char *what, retain__words *to)
{
    retain__say(to, "The baselines of periods are beyond arithmetic: the smoothing is too %s for weights such as these. Give %s.",
                what, what[0] == 'w' ? "more of it" : "less of it, or weights that are numbers of customers");
}

static int marks_any(const retain__logistic_search *search)
{
    int any = 0;

    for (size_t k = search->source.leading; k < search->coordinates; k++)
        any = any || search->kind[k] == RETAIN__SEARCH_SEPARATING;
    return any;
}

static void explain_separation(const retain__logistic_search *search, retain__words *to)
{
    size_t count;

    if (!marks_any(search)) {
        explain_baselines("weak", to);
        return;
    }
    if (search->verdict == RETAIN__SEARCH_SEPARATED)
        retain__say(to, "Every outcome is told apart by ");
    else
        retain__say(to, "Some outcomes are told without exception by ");
    count = say_columns(search, search->kind, RETAIN__SEARCH_SEPARATING, to);
    retain__say(to, "%s, so the likelihood has no maximum: %s grow%s without limit. Does a column know what came later? ",
                count > 1 ? " together" : "", count > 1 ? "coefficients" : "its coefficient", count > 1 ? "" : "s");
    retain__say(to, "If not, l2 = 1 gives a model that can be used.");
}

static void explain_combination(const retain__logistic_search *search, retain__words *to)
{
    if (search->combined < search->source.leading) {
        explain_baselines("strong", to);
        return;
    }
    retain__say(to, "column %zu is a combination of ", search->combined - search->source.leading);
    if (say_columns(search, search->involved, 1, to) == 0)
        retain__say(to, "a constant");
    retain__say(to, ", so its coefficient is open. It is left out of the model given: leave it out of the data, or give l2.");
}

static void explain_success(const retain__logistic_search *search, retain__words *to)
{
    const double fewer = fmin(to->events, to->customers - to->events);
    const size_t coefficients = search->coordinates - search->source.leading;
    size_t before, count;

    retain__say(to, "The optimum was found.");
    before = to->length;
    retain__say(to, " Left out because constant: ");
    count = say_columns(search, search->kind, RETAIN__SEARCH_CONSTANT, to);
    if (count == 0)
        to->text[to->length = before] = '\0';
    else
        retain__say(to, ".");
    if (!search->has_ridge && !search->has_lasso && fewer < FEW_EVENTS * (double)coefficients)
        retain__say(to, " Only %g rows of the rarer outcome for %zu coefficients: they are likely too large, and l2 = 1 helps.",
                    fewer, coefficients);
}

void retain__logistic_explain(const retain__logistic_search *search, retain__words *to)
{
    const retain__logistic_rows *rows = search->source.rows;

    to->length = 0;
    to->text[0] = '\0';
    switch (search->verdict) {
    case RETAIN__SEARCH_CONVERGED:
        explain_success(search, to);
        break;
    case RETAIN__SEARCH_SEPARATED:
    case RETAIN__SEARCH_QUASI_SEPARATED:
        explain_separation(search, to);
        break;
    case RETAIN__SEARCH_COLLINEAR:
        explain_combination(search, to);
        break;
    case RETAIN__SEARCH_ONE_CLASS:
        retain__say(to, "The outcome is %d in all rows, which is one class: nothing can be learnt of the other.", to->events > 0.0);
        break;
    case RETAIN__SEARCH_TOO_LITTLE_DATA:
        if (rows->used == 0)
            retain__say(to, "There are no rows of weight above 0.");
        else
            retain__say(to, "%zu rows cannot tell %zu coefficients apart; more rows, fewer columns, or l2 > 0.", rows->used,
                        rows->coordinates);
        break;
    case RETAIN__SEARCH_NONE:
    case RETAIN__SEARCH_STOPPED:
        retain__say(to, "No optimum was reached in %d steps; numbers may be beyond arithmetic.", search->iterations);
        break;
    }
}
