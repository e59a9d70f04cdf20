/* Verdicts in words.
 *
 * A report is read by people, and often only its last line: so every verdict is a sentence or two that name the parameters it is
 * about, say what it means for a shop where a model knows, and what to do, if there is anything. */
#include "math/fit_words.h"

#include <stdarg.h>
#include <string.h>

#include "core/text.h"

enum { FEW = 5 }; /* names that a sentence has room for */

typedef struct sentence {
    char text[RETAIN_FIT_EXPLANATION];
    size_t length;
} sentence;

static void say(sentence *to, const char *format, ...) RETAIN__PRINTF(2, 3);

static void say(sentence *to, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    to->length += retain__format(to->text + to->length, sizeof to->text - to->length, format, arguments);
    va_end(arguments);
}

/* "a", "a and b", "r, a and b": the parameters with a mark of `wanted` (any but 0 when wanted is 0); of many the first few, "and 7 others". */
static void say_parameters(sentence *to, const retain__fit_problem *problem, const int *marks, int wanted)
{
    size_t left = 0, said = 0, most;

    for (size_t i = 0; i < problem->parameters; i++)
        left += wanted ? marks[i] == wanted : marks[i] != 0;
    most = left > FEW ? FEW - 2 : left;
    for (size_t i = 0; i < problem->parameters && said < most; i++) {
        if (wanted ? marks[i] != wanted : marks[i] == 0)
            continue;
        left--;
        said++;
        say(to, said == most && left ? "%s " : left > 1 ? "%s, " : left == 1 ? "%s and " : "%s", problem->names[i]);
    }
    if (left)
        say(to, "and %zu others", left);
}

static size_t count_marks(const int *marks, size_t count, int wanted)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += marks[i] == wanted;
    return found;
}

/* Does any coefficient bear a mark? */
static int marks_coefficient(const retain__fit_problem *problem, const int *marks)
{
    int any = 0;

    for (size_t i = problem->parameters - problem->coefficients; i < problem->parameters; i++)
        any |= marks[i];
    return any;
}

/* Coefficients have no end at 0: they fall as they grow, without limit. */
static void say_ways(const retain__fit_problem *problem, const int *way, size_t falling, size_t growing, sentence *words)
{
    say_parameters(words, problem, way, -1);
    say(words, falling == 0 ? "" : falling > 1 ? " fall" : " falls");
    say(words, falling && growing ? " and " : "");
    say_parameters(words, problem, way, 1);
    say(words, growing == 0 ? "" : growing > 1 ? " grow" : " grows");
    say(words, " without limit");
}

/* Coefficients of which nothing is known beside what the boundary is about, as far as there is room. */
static void say_left_open(const retain__fit_problem *problem, const retain__fit_attempt *of, sentence *words)
{
    int open[RETAIN_FIT_PARAMETERS] = {0};
    sentence more = {{0}, 0};
    size_t count;

    for (size_t i = problem->parameters - problem->coefficients; i < problem->parameters; i++)
        open[i] = of->loose[i] && !of->way[i];
    count = count_marks(open, problem->parameters, 1);
    if (count == 0)
        return;
    say(&more, " ");
    say_parameters(&more, problem, open, 1);
    say(&more, count > 1 ? " are left open." : " is left open.");
    if (words->length + more.length < sizeof words->text)
        say(words, "%s", more.text);
}

static void explain_boundary(const retain__fit_problem *problem, const retain__fit_attempt *of, const retain_fit_report *report,
                             sentence *words)
{
    size_t to_zero = count_marks(of->way, problem->parameters, -1), to_infinity = count_marks(of->way, problem->parameters, 1);
    const char *meaning = problem->meaning ? problem->meaning(problem->state, of->way) : "";

    say(words, "The likelihood of %s still rises as ", problem->model);
    if (marks_coefficient(problem, of->way)) {
        say_ways(problem, of->way, to_zero, to_infinity, words);
    } else if (to_zero && to_infinity) {
        say_parameters(words, problem, of->way, 1);
        say(words, to_infinity > 1 ? " outgrow " : " outgrows ");
        say_parameters(words, problem, of->way, -1);
        say(words, " without limit");
    } else if (to_zero) {
        say_parameters(words, problem, of->way, -1);
        say(words, to_zero > 1 ? " fall together to 0" : " falls to 0");
    } else {
        say_parameters(words, problem, of->way, 1);
        say(words, to_infinity > 1 ? " grow together without limit" : " grows without limit");
    }
    say(words, "%s%s. Given is practically the limit (", *meaning ? ": " : "", meaning);
    for (size_t i = 0, said = 0; i < problem->parameters; i++) {
        if (!of->way[i])
            continue;
        if (said == FEW - 2) {
            say(words, " ...");
            break;
        }
        say(words, said++ ? ", %s %.3g" : "%s %.3g", problem->names[i], report->estimate[i]);
    }
    say(words, "); parameters on their way have no standard error.");
    say_left_open(problem, of, words);
}

/* The parameter whose interval spans the largest factor. */
static size_t find_weakest(const retain__fit_problem *problem, const retain_fit_report *report)
{
    size_t weakest = 0;

    for (size_t i = 1; i < problem->parameters - problem->coefficients; i++) {
        if (report->high[i] * report->low[weakest] > report->high[weakest] * report->low[i])
            weakest = i;
    }
    return weakest;
}

static void explain_maximum(const retain__fit_problem *problem, const retain__fit_attempt *of, const retain_fit_report *report,
                            sentence *words)
{
    size_t weakest = find_weakest(problem, report);

    if (problem->coefficients == problem->parameters) { /* symmetric intervals, of which none says more than another */
        say(words, "An interior maximum, determined by the data%s.", problem->prior_precision ? " and the prior" : "");
        return;
    }
    if (of->verdict == RETAIN_FIT_CONVERGED) {
        say(words, "An interior maximum, determined by the data%s. The least certain parameter is %s: %.3g, between %.3g and %.3g.",
            problem->prior_precision ? " and the prior" : "", problem->names[weakest], report->estimate[weakest],
            report->low[weakest], report->high[weakest]);
        return;
    }
    say(words, "These data do not determine ");
    say_parameters(words, problem, of->vague, 0);
    say(words,
        ": there is a maximum, but it hardly stands out, and %s may be anything between %.2g and %.2g. Models with quite other "
        "parameters fit nearly as well and forecast nearly the same.",
        problem->names[weakest], report->low[weakest], report->high[weakest]);
}

static void explain_ridge(const retain__fit_problem *problem, const retain__fit_attempt *of, sentence *words)
{
    int several = count_marks(of->loose, problem->parameters, 1) > 1, of_coefficients = marks_coefficient(problem, of->loose);

    say(words, "These data do not determine ");
    say_parameters(words, problem, of->loose, 0);
    say(words, several ? ": they can change together, " : ": it can change ");
    say(words, of_coefficients ? "without limit" : "by factors of thousands");
    say(words, ", and the likelihood of %s stays the same.%s ", problem->model,
        of_coefficients && problem->reason ? problem->reason(problem->state, of->loose) : "");
    say(words, "The point given is one of many, and has no standard error in that direction.");
}

/* Why nothing better was found, and what would help. */
static void explain_stop(const retain__fit_problem *problem, const retain__fit_attempt *of, const retain_fit_report *report,
                         sentence *words)
{
    if (of->search.end == RETAIN__NEWTON_NOWHERE) {
        say(words, "The likelihood of %s could not be computed at any point where a search can start.", problem->model);
        return;
    }
    say(words, "The search for the maximum of the likelihood of %s ", problem->model);
    if (of->search.end == RETAIN__NEWTON_TIRED) {
        say(words,
            "stopped after %d steps, before anything could be said; the largest slope per customer is %.2g. Allow more "
            "iterations.",
            report->iterations, report->gradient_norm);
        return;
    }
    if (of->search.end == RETAIN__NEWTON_RAN_AWAY)
        say(words, "went a factor of 1e12 away from its start, and the likelihood still rose.");
    else
        say(words, "is stuck: its logarithm is %.2g, so large that rounding hides the rest of the way.", report->log_likelihood);
    say(words, " More iterations change nothing.");
    if (problem->extreme)
        say(words, " Look at the largest %s, %.3g: is it right?", problem->extreme, problem->largest);
}

void retain__fit_explain(const retain__fit_problem *problem, const retain__fit_attempt *of, retain_fit_report *report)
{
    sentence words = {{0}, 0};

    if (of->is_interior)
        explain_maximum(problem, of, report, &words);
    else if (of->verdict == RETAIN_FIT_BOUNDARY)
        explain_boundary(problem, of, report, &words);
    else if (of->verdict == RETAIN_FIT_RIDGE)
        explain_ridge(problem, of, &words);
    else
        explain_stop(problem, of, report, &words);
    if (problem->chosen)
        say(&words, " Of k = 1 to %d, %d is the most likely.", problem->choices, problem->chosen);
    memcpy(report->explanation, words.text, sizeof words.text);
}

void retain__fit_explain_lack(const retain__fit_problem *problem, const char *reason, retain_fit_report *report)
{
    sentence words = {{0}, 0};

    say(&words, "Too little data for %s: %s", problem->model, reason);
    memcpy(report->explanation, words.text, sizeof words.text);
}

const char *retain_fit_verdict_name(retain_fit_verdict verdict)
{
    switch (verdict) {
    case RETAIN_FIT_NONE:
        return "none";
    case RETAIN_FIT_CONVERGED:
        return "converged";
    case RETAIN_FIT_BOUNDARY:
        return "boundary";
    case RETAIN_FIT_RIDGE:
        return "ridge";
    case RETAIN_FIT_TOO_LITTLE_DATA:
        return "too little data";
    case RETAIN_FIT_STOPPED:
        return "stopped";
    }
    return "unknown";
}
