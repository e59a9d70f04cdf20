/* The files for programs: header rows, ISO dates, rates as fractions, an empty field where a number does not exist. Numbers are written
 * with as many digits as it takes to read back the same double. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

const char *const band_names[BANDS] = {"low", "medium", "high"};
const char *const model_names[MODELS] = {"pareto_nbd", "bg_nbd", "mbg_nbd"};

FILE *open_file(const struct settings *settings, const char *name)
{
    char path[1024];
    FILE *file;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", settings->out, name) >= sizeof path)
        stop("the folder name %s is too long", settings->out);
    file = fopen(path, "w");
    if (!file)
        stop("cannot write %s: %s", path, strerror(errno));
    return file;
}

static void close_file(FILE *file, const char *name)
{
    int failed = ferror(file);

    if (fclose(file) != 0 || failed)
        stop("writing %s failed: %s", name, strerror(errno));
}

static void put_number(FILE *file, double value)
{
    char text[32];
    int digits = 15;

    fputc(',', file);
    if (!isfinite(value))
        return;
    do
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && ++digits <= 17);
    fputs(text, file);
}

static void put_text(FILE *file, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, file);
        return;
    }
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

static void write_retention(const struct settings *settings, const struct figures *figures)
{
    const retain_crr_columns *crr = &figures->crr;
    const double *columns[] = {
        crr->start, crr->gained,  crr->retained, crr->reactivated, crr->lost,           crr->end,
        crr->crr,   crr->crr_low, crr->crr_high, crr->crr_strict,  crr->crr_strict_low, crr->crr_strict_high};
    size_t over = last_complete(figures);
    FILE *file = open_file(settings, "retention.csv");
    char text[TEXT];

    fputs("period,start,new,retained,reactivated,lost,end,crr,crr_low,crr_high,crr_strict,crr_strict_low,crr_strict_high\n", file);
    for (size_t k = 0; k < figures->periods; k++) {
        int complete = over != SIZE_MAX && k <= over;

        fputs(write_iso(figures->edges[k], text), file);
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            put_number(file, complete ? columns[c][k] : (double)NAN);
        fputc('\n', file);
    }
    close_file(file, "retention.csv");
}

static void write_cohorts(const struct settings *settings, const struct figures *figures)
{
    FILE *file = open_file(settings, "cohorts.csv");
    size_t n = figures->periods;
    char text[TEXT];

    fputs("cohort,age,size,active,retention,retention_low,retention_high,orders,revenue,complete\n", file);
    for (size_t c = 0; c < n; c++) {
        for (size_t age = 0; c + age < n; age++) {
            size_t cell = c * n + age;
            int complete = figures->complete[cell];

            fprintf(file, "%s,%zu", write_iso(figures->edges[c], text), age);
            put_number(file, figures->size[c]);
            put_number(file, complete ? figures->active[cell] : (double)NAN);
            put_number(file, complete ? figures->retention[cell] : (double)NAN);
            put_number(file, complete ? figures->retention_low[cell] : (double)NAN);
            put_number(file, complete ? figures->retention_high[cell] : (double)NAN);
            put_number(file, complete ? figures->orders[cell] : (double)NAN);
            put_number(file, complete ? figures->revenue[cell] : (double)NAN);
            fprintf(file, ",%d\n", complete);
        }
    }
    close_file(file, "cohorts.csv");
}

static void put_parameters(FILE *file, const char *model, const char *const names[], const retain_fit_report *report)
{
    for (size_t p = 0; p < report->parameters; p++) {
        fprintf(file, "%s,%s", model, names[p]);
        put_number(file, report->estimate[p]);
        put_number(file, report->standard_error[p]);
        put_number(file, report->log_likelihood);
        put_number(file, report->customers);
        fprintf(file, ",%s\n", retain_fit_verdict_name(report->verdict));
    }
}

static void write_models(const struct settings *settings, const struct figures *figures)
{
    static const char *const spend_names[] = {"p", "q", "gamma"};
    FILE *file = open_file(settings, "models.csv");

    fputs("model,parameter,estimate,standard_error,log_likelihood,customers,verdict\n", file);
    for (int k = 0; k < MODELS; k++) {
        const char *names[4];

        for (size_t p = 0; p < 4; p++)
            names[p] = retain_btyd_parameter(figures->fits[k].model.family, p);
        put_parameters(file, model_names[k], names, &figures->fits[k].report);
    }
    put_parameters(file, "gamma_gamma", spend_names, &figures->spend_report);
    close_file(file, "models.csv");
}

static void write_customers(const struct settings *settings, const struct shop *shop, const struct figures *figures)
{
    const retain_summary *summary = &figures->summary;
    FILE *file = open_file(settings, "customers.csv");
    char first[TEXT], last[TEXT];

    fputs("customer,orders,occasions,first_day,last_day,frequency,t_x,T,spend,revenue,p_alive,expected_orders,risk,band,clv,value_"
          "at_risk\n",
          file);
    for (size_t i = 0; i < figures->customers; i++) {
        put_text(file, shop->name[summary->customer[i]]);
        put_number(file, summary->orders[i]);
        put_number(file, summary->occasions[i]);
        fprintf(file, ",%s,%s", write_iso(summary->first_day[i], first), write_iso(summary->last_day[i], last));
        put_number(file, summary->frequency[i]);
        put_number(file, summary->t_x[i]);
        put_number(file, summary->T[i]);
        put_number(file, summary->spend[i]);
        put_number(file, summary->revenue[i]);
        put_number(file, figures->alive[i]);
        put_number(file, figures->expected[i]);
        put_number(file, figures->risk[i]);
        fprintf(file, ",%s", isnan(figures->risk[i]) ? "" : band_names[figures->band[i]]);
        put_number(file, figures->clv[i]);
        put_number(file, figures->at_risk[i]);
        fputc('\n', file);
    }
    close_file(file, "customers.csv");
}

void write_files(const struct settings *settings, const struct shop *shop, const struct figures *figures)
{
    write_retention(settings, figures);
    write_cohorts(settings, figures);
    write_models(settings, figures);
    write_customers(settings, shop, figures);
}
