/* report.html: one file that needs no other, for a shop owner to look at and to pass on. */
#include "csv.h"
#include "sections.h"

static const char *const style =
    "body{margin:0;background:#fbf9f5;color:#22303c;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu "
    "Sans',sans-serif}"
    "[dir=rtl] body{font-family:Vazirmatn,'Segoe UI','Noto Sans Arabic','Noto Naskh Arabic','Geeza Pro',Tahoma,'DejaVu "
    "Sans',sans-serif;line-height:1.75}"
    "main{max-width:920px;margin:0 auto;padding:2.5rem 1.25rem 4rem}h1{font-size:2rem;line-height:1.15;margin:0 0 .25rem}"
    "h2{font-size:1.35rem;margin:3rem 0 .5rem}.sub{color:#667381;margin:0 0 1.5rem}p{max-width:46rem;margin:.5rem 0}"
    ".none{color:#667381;font-style:italic}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:.75rem;margin:1.25rem 0}"
    ".card{background:#fff;border:1px solid #e8e2d6;border-radius:10px;padding:.8rem 1rem}"
    ".card b{display:block;white-space:nowrap;font-size:1.15rem;line-height:1.2}.card span{color:#667381;font-size:.85rem}"
    "svg{display:block;box-sizing:border-box;width:100%;height:auto;background:#fff;border:1px solid "
    "#e8e2d6;border-radius:10px;margin:.75rem 0}"
    ".grid{stroke:#ece6da}.tick{font-size:12px;fill:#7d8894}.axis{font-size:12.5px;fill:#4b5763;font-weight:600}"
    ".line{fill:none;stroke-width:2.5;stroke-linejoin:round}.line.first{stroke:#0b5d54}"
    ".line.second{stroke:#c98a2b;stroke-dasharray:5 4}.now{stroke:#7d8894;stroke-dasharray:2 "
    "3}.band{fill:#c98a2b;opacity:.2}.dot{fill:#0b5d54}.dot.second{fill:#c98a2b}"
    ".label{font-size:13px;font-weight:600}.label.first{fill:#0b5d54}.label.second{fill:#a56c17}"
    ".whole{fill:#4b5763}.less{fill:#b5482f;opacity:.8}.more{fill:#0b5d54;opacity:.8}circle.low{fill:#0b5d54;opacity:.75}circle."
    "medium{fill:#d59a36;opacity:.8}circle.high{fill:#b5482f;opacity:.75}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums}.scroll{overflow-x:auto}"
    ".heat{font-size:.8rem;background:#fff;margin:.75rem 0}"
    ".heat th,.heat td.text{font-weight:500;color:#667381;padding:.25rem .45rem;text-align:right;white-space:nowrap}"
    ".heat td{padding:.3rem .4rem;text-align:center;min-width:1.55rem;border:1px solid #fff}"
    ".heat td:nth-child(2){color:#667381;text-align:right;padding-inline-end:.8rem}"
    ".heat tr:last-child td{border-top:2px solid #cfc7b6;font-weight:600}"
    ".list{width:100%;background:#fff;border:1px solid #e8e2d6;border-radius:10px;font-size:.92rem;margin:.75rem 0}"
    ".list th,.list td{padding:.4rem .7rem;text-align:right;border-bottom:1px solid #f1ece2}.list td{white-space:nowrap}"
    ".list td.text{white-space:normal}"
    ".list th:first-child,.list td:first-child,.list .text{text-align:start}.list td:first-child{white-space:nowrap}.list "
    "th{color:#667381;font-weight:500}"
    ".pill{display:inline-block;border-radius:99px;padding:0 .6rem;color:#fff;font-size:.85rem}"
    ".pill.low{background:#0b5d54}.pill.medium{background:#c98a2b}.pill.high{background:#b5482f}dl{font-size:.92rem}"
    "dt{font-weight:600;margin-top:.6rem}dd{margin:0;max-width:46rem}"
    "details{font-size:.85rem;color:#667381;max-width:46rem}summary{cursor:pointer}"
    "nav{display:flex;flex-wrap:wrap;gap:.35rem 1.1rem;margin:1.25rem 0 0;font-size:.92rem}nav "
    "a{color:#0b5d54;text-decoration:none}nav "
    "a:hover{text-decoration:underline}footer{margin-top:3rem;color:#667381;font-size:.85rem}"
    "@media(max-width:700px){svg{min-width:700px}}"
    "@media print{body{background:#fff}h2{break-after:avoid}svg,table{break-inside:avoid}}";

/* Links to the sections, after the shop at a glance. */
void put_links(const struct report *report, struct page *page)
{
    fputs("<nav>", page->file);
    for (size_t k = 0; k < section_count; k++) {
        if (sections[k].title == NO_TITLE || !is_present(&sections[k], report))
            continue;
        fprintf(page->file, "<a href='#s%d'>", sections[k].title);
        put_safely(page->file, phrase(sections[k].title));
        fputs("</a>", page->file);
    }
    fputs("</nav>\n", page->file);
}

void write_html(const struct report *report)
{
    FILE *file = open_file(&report->settings, "report.html");
    struct page page = {.file = file, .html = 1};
    char text[TEXT];

    fprintf(file, "<!doctype html>\n<html lang='%s' dir='%s'><head><meta charset='utf-8'>", language_code(),
            right_to_left() ? "rtl" : "ltr");
    fputs("<meta name='viewport' content='width=device-width,initial-scale=1'><title>", file);
    put_safely(file, say(text, SAY_page_title, "shop", report->settings.shop, NULL));
    fprintf(file, "</title><style>%s</style></head><body><main>\n<h1>", style);
    put_name(file, report->settings.shop);
    fputs("</h1>\n", file);
    show_sections(report, &page);
    fprintf(file, "<footer>%s</footer>\n</main></body></html>\n", say(text, SAY_made_with, "version", retain_version(), NULL));
    close_file(file, "report.html");
}
