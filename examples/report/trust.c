/* How far to trust the forecasts: what each fit said, whether the past would have been foreseen; and what the words mean. */
#include <math.h>
#include <string.h>

#include "csv.h"
#include "sections.h"

static void put_parameters(FILE *csv, const char *model, const char *const names[], const retain_fit_report *report)
{
    for (size_t p = 0; p < report->parameters; p++) {
        fprintf(csv, "%s,%s", model, names[p]);
        put_csv_number(csv, report->estimate[p]);
        put_csv_number(csv, report->standard_error[p]);
        put_csv_number(csv, report->log_likelihood);
        put_csv_number(csv, report->customers);
        fprintf(csv, ",%s\n", retain_fit_verdict_name(report->verdict));
    }
}

void write_models(const struct report *report, FILE *csv)
{
    static const char *const spend_names[] = {"p", "q", "gamma"};
    const struct figures *figures = &report->figures;

    fputs("model,parameter,estimate,standard_error,log_likelihood,customers,verdict\n", csv);
    for (int k = 0; k < figures->fit_count; k++) {
        const struct fitted *fit = &figures->fits[k];
        const char *names[RETAIN_FIT_PARAMETERS] = {NULL};

        for (size_t p = 0; p < fit->report.parameters; p++)
            names[p] = retain_btyd_parameter(fit->model.family, p);
        put_parameters(csv, model_names[fit->place], names, &fit->report);
        if (fit->model.k > 0) {
            fprintf(csv, "%s,k,%d,", model_names[fit->place], fit->model.k);
            put_csv_number(csv, fit->report.log_likelihood);
            put_csv_number(csv, fit->report.customers);
            fprintf(csv, ",%s\n", retain_fit_verdict_name(fit->report.verdict));
        }
    }
    put_parameters(csv, "gamma_gamma", spend_names, &figures->spend_report);
}

/* Parameters that a fit knows only roughly, as a list; "" when there is none. */
static const char *list_rough(const struct fitted *fit, char list[TEXT])
{
    const retain_fit_report *report = &fit->report;
    char one[TEXT], low[TEXT], high[TEXT];
    size_t length = 0;

    list[0] = 0;
    for (size_t p = 0; p < report->parameters && length < TEXT; p++) {
        if (!(report->high[p] / report->low[p] > 20.0))
            continue;
        say(one, SAY_parameter_range, "name", retain_btyd_parameter(fit->model.family, p), "low",
            write_number(report->low[p], 2, low), "high", write_number(report->high[p], 2, high), NULL);
        length += (size_t)snprintf(list + length, TEXT - length, "%s%s", length ? phrase(SAY_list_comma) : "", one);
    }
    return list;
}

static void put_fit(const struct fitted *fit, struct page *page)
{
    const char *name = retain_btyd_name(fit->model.family);
    char text[TEXT], list[TEXT];

    switch (fit->report.verdict) {
    case RETAIN_FIT_CONVERGED:
        if (*list_rough(fit, list))
            put_text(page, say(text, SAY_fits_roughly, "model", name, "parameters", list, NULL));
        else
            put_text(page, say(text, SAY_fits, "model", name, NULL));
        return;
    case RETAIN_FIT_BOUNDARY:
        put_text(page, say(text, SAY_at_boundary, "model", name, NULL));
        break;
    case RETAIN_FIT_RIDGE:
        put_text(page, say(text, SAY_on_ridge, "model", name, NULL));
        break;
    default:
        put_text(page, say(text, SAY_cannot_use, "model", name, NULL));
    }
    put_detail(page, fit->report.explanation);
}

/* Where order values go with the frequency, customers of ten orders spend 5^slope times as much per order as those of two. */
static void put_dependence(const retain_spend_dependence *of, struct page *page)
{
    const retain_spend_measure *slope = &of->slope;
    int more = slope->low > 0.0, plain = !more && !(slope->high < 0.0);
    double sign = more ? 1.0 : -1.0, share = sign * expm1(slope->value * log(5.0));
    char text[TEXT], number[TEXT], low[TEXT], high[TEXT];

    if (isnan(of->spearman.value))
        return;
    if (plain || share < 0.05)
        put_text(page, say(text, SAY_spend_apart, "r", write_number(round(of->spearman.value * 100.0) / 100.0, 2, number), NULL));
    else
        put_text(page, say(text, more ? SAY_spend_more : SAY_spend_less, "share", write_percent(share, number), "low",
                           write_percent(sign * expm1((more ? slope->low : slope->high) * log(5.0)), low), "high",
                           write_percent(sign * expm1((more ? slope->high : slope->low) * log(5.0)), high), NULL));
}

static void put_spend(const struct figures *figures, struct page *page)
{
    char text[TEXT], number[TEXT];

    if (figures->spend_status != RETAIN_OK) {
        put_text(page, phrase(SAY_spend_uncertain));
        put_detail(page, figures->spend_report.explanation);
        return;
    }
    put_text(page, say(text, SAY_spend_mean, "money", write_money(retain_spend_mean(&figures->spend_model), number), NULL));
    put_dependence(&figures->spend_goes_with, page);
}

static void put_hindsight(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    double off = (figures->foreseen - figures->happened) / figures->happened;
    char text[TEXT], days[TEXT], foreseen[TEXT], happened[TEXT], share[TEXT];

    say_count(days, SAY_n_days, (double)report->settings.horizon_days);
    if (!isfinite(off)) {
        put_text(page, say(text, SAY_no_hindsight, "days", days, NULL));
        return;
    }
    put_text(page, say(text, off > 0.0 ? SAY_hindsight_many : SAY_hindsight_few, "days", days, "foreseen",
                       write_count(figures->foreseen, foreseen), "happened", write_count(figures->happened, happened), "off",
                       write_percent(fabs(off), share), NULL));
    if (fabs(off) > 0.25)
        put_text(page, phrase(SAY_weak_forecast));
}

/* How many customers have an id that csv.c puts an apostrophe before. */
static void put_guarded(const struct report *report, struct page *page)
{
    double guarded = 0.0;
    char text[TEXT], count[TEXT];

    for (size_t i = 0; i < report->figures.customers; i++)
        guarded += looks_like_formula(report->shop.name[report->figures.summary.customer[i]]);
    if (guarded > 0.0)
        put_text(page, say(text, SAY_guarded, "count", write_count(guarded, count), NULL));
}

void show_trust(const struct report *report, struct page *page)
{
    const struct figures *figures = &report->figures;
    char text[TEXT];

    for (int k = 0; k < figures->fit_count; k++)
        put_fit(&figures->fits[k], page);
    put_spend(figures, page);
    if (figures->chosen) {
        put_text(page, say(text, SAY_behind_forecasts, "model", retain_btyd_name(figures->chosen->model.family), NULL));
        put_hindsight(report, page);
    }
    put_guarded(report, page);
}

void show_meanings(const struct report *report, struct page *page)
{
    const struct settings *settings = &report->settings;
    char text[TEXT], days[TEXT], rate[TEXT], medium[TEXT], high[TEXT], margin[TEXT];

    fputs("<dl>\n", page->file);
    say_count(days, SAY_n_days, (double)report->figures.window_days);
    put_meaning(page, SAY_word_active, say(text, SAY_meaning_active, "days", days, NULL));
    put_meaning(page, SAY_word_crr, phrase(SAY_meaning_crr));
    put_meaning(page, SAY_word_cohort, phrase(SAY_meaning_cohort));
    say_count(days, SAY_n_days, (double)settings->horizon_days);
    put_meaning(
        page, SAY_word_risk,
        say(text, SAY_meaning_risk, "days", days, "medium", write_percent(0.5, medium), "high", write_percent(0.8, high), NULL));
    say_count(days, SAY_n_days, settings->clv_days);
    write_percent(settings->annual_rate, rate);
    if (settings->margin == 1.0)
        say(text, SAY_meaning_value, "days", days, "rate", rate, NULL);
    else
        say(text, SAY_meaning_value_margin, "days", days, "rate", rate, "margin", write_percent(settings->margin, margin), NULL);
    put_meaning(page, SAY_word_value, text);
    put_meaning(page, SAY_word_value_at_risk, phrase(SAY_meaning_value_at_risk));
    fputs("</dl>\n", page->file);
}
