/* Numbers and sentences as a shop owner reads them: the same words on the terminal and on the page. */
#include <math.h>
#include <string.h>

#include "report.h"

static const char *const gregorian_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const jalali_months[] = {"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar",
                                            "Mehr",      "Aban",        "Azar",    "Dey", "Bahman", "Esfand"};

const char *write_iso(int64_t day, char text[TEXT])
{
    int64_t year, month, date;

    retain_calendar_dates(NULL, RETAIN_CALENDAR_GREGORIAN, &day, 1, &year, &month, &date);
    snprintf(text, TEXT, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)date);
    return text;
}

const char *write_period(const struct settings *settings, int64_t first_day, char text[TEXT])
{
    int jalali = settings->calendar == RETAIN_CALENDAR_JALALI;
    int64_t year, month, date;

    retain_calendar_dates(NULL, settings->calendar, &first_day, 1, &year, &month, &date);
    switch (settings->period) {
    case RETAIN_PERIOD_YEAR:
        snprintf(text, TEXT, "%lld", (long long)year);
        break;
    case RETAIN_PERIOD_QUARTER:
        snprintf(text, TEXT, "Q%lld %lld", (long long)(month + 2) / 3, (long long)year);
        break;
    case RETAIN_PERIOD_MONTH:
        snprintf(text, TEXT, "%s %lld", (jalali ? jalali_months : gregorian_months)[month - 1], (long long)year);
        break;
    default:
        snprintf(text, TEXT, "%lld %s %lld", (long long)date, (jalali ? jalali_months : gregorian_months)[month - 1],
                 (long long)year);
    }
    return text;
}

const char *write_percent(double rate, char text[TEXT])
{
    if (isnan(rate))
        return strcpy(text, "-");
    snprintf(text, TEXT, rate >= 0.0995 || rate == 0.0 ? "%.0f %%" : "%.1f %%", 100.0 * rate);
    return text;
}

/* A whole number with commas between thousands. */
const char *write_count(double count, char text[TEXT])
{
    char digits[TEXT];
    size_t length, at = 0;

    if (!isfinite(count))
        return strcpy(text, "-");
    snprintf(digits, sizeof digits, "%.0f", fabs(count));
    length = strlen(digits);
    if (count <= -0.5)
        text[at++] = '-';
    for (size_t i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
    return text;
}

const char *write_money(double money, char text[TEXT])
{
    if (fabs(money) < 100.0) {
        snprintf(text, TEXT, "%.2f", money);
        return text;
    }
    return write_count(money, text);
}

/* A fit that succeeded may still know some parameters only roughly. */
static void describe_converged(const struct fitted *fit, const char *name, char text[TEXT])
{
    const retain_fit_report *report = &fit->report;
    size_t length = (size_t)snprintf(text, TEXT, "%s fits", name), rough = 0;

    for (size_t p = 0; p < report->parameters && length < TEXT; p++) {
        if (report->high[p] / report->low[p] > 20.0)
            length += (size_t)snprintf(text + length, TEXT - length, "%s %s between %.2g and %.2g",
                                       rough++ ? "," : ", but these data leave", retain_btyd_parameter(fit->model.family, p),
                                       report->low[p], report->high[p]);
    }
    if (length < TEXT)
        snprintf(text + length, TEXT - length, "%s",
                 rough ? ": how customers leave is hardly visible here." : ", and the data pin down all its parameters.");
}

const char *describe_model(const struct fitted *fit, char text[TEXT])
{
    const char *name = retain_btyd_name(fit->model.family);

    switch (fit->report.verdict) {
    case RETAIN_FIT_CONVERGED:
        describe_converged(fit, name, text);
        break;
    case RETAIN_FIT_BOUNDARY:
        snprintf(text, TEXT,
                 "%s ended at the edge of what it can describe, so read its forecasts as those of a simpler model. In detail: %s",
                 name, fit->report.explanation);
        break;
    case RETAIN_FIT_RIDGE:
        snprintf(text, TEXT,
                 "%s fits, but many different parameters fit these customers equally well: its forecasts can be used, its "
                 "parameters mean "
                 "little. In detail: %s",
                 name, fit->report.explanation);
        break;
    default:
        snprintf(text, TEXT, "%s cannot be used here. %s", name, fit->report.explanation);
    }
    return text;
}

const char *describe_spend(const struct figures *figures, char text[TEXT])
{
    double correlation = figures->spend_correlation;
    char mean[TEXT];
    size_t length;

    if (figures->spend_status != RETAIN_OK) {
        snprintf(text, TEXT, "How much customers will spend is uncertain here. %s", figures->spend_report.explanation);
        return text;
    }
    snprintf(text, TEXT, "An order of a customer about whom nothing is known yet is worth %.64s on average.",
             write_money(retain_spend_mean(&figures->spend_model), mean));
    length = strlen(text);
    if (fabs(correlation) > 0.2)
        snprintf(text + length, TEXT - length,
                 " Customers who come %s often also spend %s per order (correlation %.2f), which the forecast of value ignores: "
                 "take the values of "
                 "your busiest customers as rather %s.",
                 "more", correlation > 0.0 ? "more" : "less", correlation, correlation > 0.0 ? "low" : "high");
    else
        snprintf(
            text + length, TEXT - length,
            " How often customers come and how much they spend hardly go together (correlation %.2f), as the forecast assumes.",
            correlation);
    return text;
}

const char *describe_retention(const struct figures *figures, char text[TEXT])
{
    static const char *const grades[] = {"that is bad", "that is weak", "that is fair", "that is good", "that is excellent"};
    size_t k = last_complete(figures);
    char lost[TEXT], start[TEXT], back[TEXT], fresh[TEXT];

    if (k == SIZE_MAX || isnan(figures->crr.crr[k])) {
        snprintf(text, TEXT, "No period is over yet that began with active customers, so there is no retention rate to speak of.");
        return text;
    }
    snprintf(
        text, TEXT,
        "Of %.32s active customers at the beginning of the last full period, %.32s went silent; %.32s old customers came back and "
        "%.32s new ones came. The retention rate (CRR) was %.0f %%: %s as a rule of thumb, though what is good differs by trade. "
        "Without those who came back it was %.0f %%.",
        write_count(figures->crr.start[k], start), write_count(figures->crr.lost[k], lost),
        write_count(figures->crr.reactivated[k], back), write_count(figures->crr.gained[k], fresh), 100.0 * figures->crr.crr[k],
        grades[retain_crr_grade(figures->crr.crr[k], NULL, 0)], 100.0 * figures->crr.crr_strict[k]);
    return text;
}

const char *describe_hindsight(const struct settings *settings, const struct figures *figures, char text[TEXT])
{
    double off = (figures->foreseen - figures->happened) / figures->happened;
    char foreseen[TEXT], happened[TEXT];

    if (!isfinite(off)) {
        snprintf(
            text, TEXT,
            "Whether the forecast would have been right in the past cannot be checked: without the last %lld days there is too "
            "little to go by.",
            (long long)settings->horizon_days);
        return text;
    }
    snprintf(
        text, TEXT,
        "Would it have been right? Made %lld days ago, the forecast would have expected %.32s purchases of the customers known "
        "then; %.32s came: %.0f %% too %s.%s",
        (long long)settings->horizon_days, write_count(figures->foreseen, foreseen), write_count(figures->happened, happened),
        100.0 * fabs(off), off > 0.0 ? "many" : "few",
        fabs(off) > 0.25 ? " That is a weak forecast: use it to rank customers, not to plan revenue." : "");
    return text;
}

const char *describe_dropped(const struct figures *figures, char text[TEXT])
{
    const retain_orders_report *log = &figures->log;
    double dropped = log->zero_orders + log->refunded_orders + log->unmatched_orders + log->cancelled_orders;
    char count[TEXT], lost[TEXT];

    if (dropped == 0.0)
        return strcpy(text, "Every order of the log is counted.");
    snprintf(text, TEXT,
             "Not counted: %s orders (%.0f of value zero, %.0f refunded, %.0f refunds without an order, %.0f cancelled); %s "
             "customers have no other.",
             write_count(dropped, count), log->zero_orders, log->refunded_orders, log->unmatched_orders, log->cancelled_orders,
             write_count((double)log->lost_customers, lost));
    return text;
}
