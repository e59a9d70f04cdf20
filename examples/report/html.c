/* report.html: one file that needs no other, for a shop owner to look at and to pass on. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "pictures.h"

static const char *const style =
    "body{margin:0;background:#fbf9f5;color:#22303c;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu "
    "Sans',sans-serif}"
    "main{max-width:920px;margin:0 auto;padding:2.5rem 1.25rem 4rem}"
    "h1{font-size:2rem;line-height:1.15;margin:0 0 .25rem}h2{font-size:1.35rem;margin:3rem 0 .5rem}"
    ".sub{color:#667381;margin:0 0 1.5rem}p{max-width:46rem;margin:.5rem 0}.none{color:#667381;font-style:italic}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:.75rem;margin:1.25rem 0}"
    ".card{background:#fff;border:1px solid #e8e2d6;border-radius:10px;padding:.8rem 1rem}"
    ".card b{display:block;font-size:1.28rem;line-height:1.2}.card span{color:#667381;font-size:.85rem}"
    "svg{width:100%;height:auto;background:#fff;border:1px solid #e8e2d6;border-radius:10px;margin:.75rem 0}"
    ".grid{stroke:#ece6da}.tick{font-size:12px;fill:#7d8894}.axis{font-size:12.5px;fill:#4b5763;font-weight:600}"
    ".line{fill:none;stroke-width:2.5;stroke-linejoin:round}.line.first{stroke:#0b5d54}.line.second{stroke:#c98a2b;stroke-"
    "dasharray:5 4}"
    ".band{fill:#0b5d54;opacity:.14}.dot{fill:#0b5d54}.label{font-size:13px;font-weight:600}.label.first{fill:#0b5d54}"
    ".label.second{fill:#a56c17}circle.low{fill:#0b5d54;opacity:.75}circle.medium{fill:#d59a36;opacity:.8}circle.high{fill:#b5482f;"
    "opacity:.75}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}"
    ".heat{font-size:.8rem;background:#fff;margin:.75rem 0}.heat th{font-weight:500;color:#667381;padding:.25rem "
    ".45rem;text-align:right;"
    "white-space:nowrap}.heat td{padding:.3rem .4rem;text-align:center;min-width:1.55rem;border:1px solid #fff}.heat "
    ".count{color:#667381}"
    ".average td{border-top:2px solid #cfc7b6;font-weight:600}"
    ".list{width:100%;background:#fff;border:1px solid #e8e2d6;border-radius:10px;font-size:.92rem;margin:.75rem 0}"
    ".list th,.list td{padding:.4rem .7rem;text-align:right;border-bottom:1px solid #f1ece2}.list th:first-child,.list "
    "td:first-child{text-align:left}"
    ".list th{color:#667381;font-weight:500}.pill{display:inline-block;border-radius:99px;padding:0 "
    ".6rem;color:#fff;font-size:.85rem}"
    ".pill.low{background:#0b5d54}.pill.medium{background:#c98a2b}.pill.high{background:#b5482f}"
    "dl{font-size:.92rem}dt{font-weight:600;margin-top:.6rem}dd{margin:0;max-width:46rem}footer{margin-top:3rem;color:#667381;font-"
    "size:.85rem}"
    "@media print{body{background:#fff}h2{break-after:avoid}svg,table{break-inside:avoid}}";

/* Text with the characters that mean something in HTML made harmless. */
static void put_safely(FILE *file, const char *text)
{
    for (; *text; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\'':
            fputs("&#39;", file);
            break;
        default:
            fputc(*text, file);
        }
    }
}

static void put_paragraph(FILE *file, const char *text)
{
    fputs("<p>", file);
    put_safely(file, text);
    fputs("</p>\n", file);
}

static void put_card(FILE *file, const char *figure, const char *meaning)
{
    fprintf(file, "<div class='card'><b>%s</b><span>%s</span></div>\n", figure, meaning);
}

static void put_cards(FILE *file, const struct settings *settings, const struct figures *figures)
{
    size_t over = last_complete(figures);
    double once = 0.0, at_risk = 0.0;
    char text[TEXT], meaning[TEXT];

    for (size_t i = 0; i < figures->customers; i++) {
        once += figures->summary.frequency[i] == 0.0;
        at_risk += isnan(figures->at_risk[i]) ? 0.0 : figures->at_risk[i];
    }
    fputs("<div class='cards'>\n", file);
    put_card(file, write_count((double)figures->customers, text), "customers");
    put_card(file, write_count(figures->log.kept_orders, text), "orders");
    put_card(file, write_money(figures->log.kept_value, text), "revenue");
    put_card(file, write_percent(once / (double)figures->customers, text), "bought once so far");
    if (over != SIZE_MAX) {
        snprintf(meaning, sizeof meaning, "retention rate, %s", write_period(settings, figures->edges[over], text));
        put_card(file, write_percent(figures->crr.crr[over], text), meaning);
    }
    if (figures->chosen && at_risk > 0.0)
        put_card(file, write_money(at_risk, text), "value at risk");
    fputs("</div>\n", file);
}

static void put_bands(FILE *file, const struct figures *figures)
{
    struct band_total totals[BANDS];
    char customers[TEXT], clv[TEXT], at_risk[TEXT];

    add_up_bands(figures, totals);
    fputs("<table class='list'><tr><th>risk</th><th>customers</th><th>value</th><th>value at risk</th></tr>\n", file);
    for (int b = BANDS - 1; b >= 0; b--)
        fprintf(file, "<tr><td><span class='pill %s'>%s</span></td><td>%s</td><td>%s</td><td>%s</td></tr>\n", band_names[b],
                band_names[b], write_count(totals[b].customers, customers), write_money(totals[b].clv, clv),
                write_money(totals[b].at_risk, at_risk));
    fputs("</table>\n", file);
}

static void put_first_calls(FILE *file, const struct shop *shop, const struct figures *figures)
{
    const retain_summary *summary = &figures->summary;

    fputs("<table class='list'><tr><th>customer</th><th>orders</th><th>last order</th><th>revenue</th><th>risk</th><th>value</th>"
          "<th>value at risk</th></tr>\n",
          file);
    for (size_t rank = 0; rank < 20 && rank < figures->customers; rank++) {
        size_t i = figures->by_value_at_risk[rank];
        char cells[5][TEXT], day[TEXT];

        if (isnan(figures->at_risk[i]))
            break;
        fputs("<tr><td>", file);
        put_safely(file, shop->name[summary->customer[i]]);
        fprintf(file, "</td><td>%s</td><td>%s</td><td>%s</td><td><span class='pill %s'>%s</span></td><td>%s</td><td>%s</td></tr>\n",
                write_count(summary->orders[i], cells[0]), write_iso(summary->last_day[i], day),
                write_money(summary->revenue[i], cells[1]), band_names[figures->band[i]], write_percent(figures->risk[i], cells[2]),
                write_money(figures->clv[i], cells[3]), write_money(figures->at_risk[i], cells[4]));
    }
    fputs("</table>\n", file);
}

static void put_forecast(FILE *file, const struct settings *settings, const struct shop *shop, const struct figures *figures)
{
    fputs("<h2>Who is about to leave</h2>\n", file);
    if (!figures->chosen) {
        put_paragraph(file, "The chosen model cannot be used on these data, so there are no forecasts per customer. The section on "
                            "trust says why.");
        return;
    }
    fprintf(file,
            "<p>Each circle holds the customers of one risk and one value; the larger, the more value is at risk. Risk is the "
            "probability "
            "of no order in the "
            "next %lld days. Value is what the next %.0f days should bring, discounted at %g %% a year. Those at the top right are "
            "worth a call: "
            "much to lose, and likely to be lost.</p>\n",
            (long long)settings->horizon_days, settings->clv_days, 100.0 * settings->annual_rate);
    draw_risk(file, settings, figures);
    put_bands(file, figures);
    fputs("<h2>What to do first</h2>\n<p>Write to these customers: they have the most value at risk (risk times value).</p>\n",
          file);
    put_first_calls(file, shop, figures);
}

static void put_trust(FILE *file, const struct settings *settings, const struct figures *figures)
{
    char text[TEXT];

    fputs("<h2>How far to trust this</h2>\n", file);
    for (int k = 0; k < MODELS; k++)
        put_paragraph(file, describe_model(&figures->fits[k], text));
    put_paragraph(file, describe_spend(figures, text));
    if (figures->chosen) {
        fprintf(file, "<p>The forecasts on this page are those of %s.</p>\n", retain_btyd_name(figures->chosen->model.family));
        put_paragraph(file, describe_hindsight(settings, figures, text));
    }
    put_paragraph(file, describe_dropped(figures, text));
}

static void put_definitions(FILE *file, const struct settings *settings, const struct figures *figures)
{
    fprintf(file,
            "<h2>What the words mean</h2>\n<dl>"
            "<dt>Active</dt><dd>Bought in the last %lld days.</dd>"
            "<dt>Retention rate (CRR)</dt><dd>(active customers at the end of the period, less new ones) / active customers at its "
            "beginning. It counts "
            "customers who had gone silent and came back; the dashed line, those who never left, does not.</dd>"
            "<dt>Cohort</dt><dd>Customers who bought for the first time in the same period. A period that is not over is empty, "
            "not zero.</dd>"
            "<dt>Risk</dt><dd>Probability of no order in the next %lld days: under 50 %% is low, from 80 %% is high.</dd>"
            "<dt>Value</dt><dd>Expected orders of the next %.0f days times their expected value, discounted at %g %% a year%s.</dd>"
            "<dt>Value at risk</dt><dd>Risk times value.</dd></dl>\n",
            (long long)figures->window_days, (long long)settings->horizon_days, settings->clv_days, 100.0 * settings->annual_rate,
            settings->margin == 1.0 ? "; revenue, not profit" : ", times the margin");
}

void write_html(const struct settings *settings, const struct shop *shop, const struct figures *figures)
{
    FILE *file = open_file(settings, "report.html");
    char text[TEXT], first[TEXT], last[TEXT];

    fputs("<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><meta name='viewport' "
          "content='width=device-width,initial-scale=1'><title>",
          file);
    put_safely(file, settings->shop);
    fprintf(file, ": who stays</title><style>%s</style></head><body><main>\n<h1>", style);
    put_safely(file, settings->shop);
    fprintf(file, "</h1><p class='sub'>Who stays, what they are worth, who is about to leave. %s to %s.</p>\n",
            write_iso(figures->first_day, first), write_iso(figures->observation_end, last));
    put_cards(file, settings, figures);
    fputs("<h2>Do customers stay?</h2>\n", file);
    put_paragraph(file, describe_retention(figures, text));
    draw_retention(file, settings, figures);
    fputs("<h2>Do they come back?</h2>\n<p>Percent of the customers won in a period who bought again so many periods later. Rest "
          "the pointer on a cell "
          "for its interval.</p>\n",
          file);
    draw_cohorts(file, settings, figures);
    put_forecast(file, settings, shop, figures);
    put_trust(file, settings, figures);
    put_definitions(file, settings, figures);
    fprintf(file, "<footer>Made with libretain %s.</footer>\n</main></body></html>\n", retain_version());
    if (ferror(file) | fclose(file))
        stop("writing report.html failed: %s", strerror(errno));
}
