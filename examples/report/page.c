/* Titles, paragraphs and tables, on the terminal and as HTML.
 *
 * A terminal table waits until its last row has come, for only then are the widths of its columns known. Terminals that know Arabic script lay out
 * each line by Unicode's rules: in a language that runs from right to left every line is filled to the width of the page and begins and ends
 * with a right-to-left mark, so that it is laid out as a whole, with its first column on the right. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "report.h"

#define RIGHT_MARK "\xe2\x80\x8f"

/* --- width on a terminal ------------------------------------------------------------------------------------------------------- */

static unsigned read_letter(const char **text)
{
    const unsigned char *at = (const unsigned char *)*text;
    unsigned letter = *at++, more = letter >= 0xf0 ? 3 : letter >= 0xe0 ? 2 : letter >= 0xc0 ? 1 : 0;

    letter &= more ? 0x3fu >> more : 0x7fu;
    for (; more && (*at & 0xc0) == 0x80; more--)
        letter = letter << 6 | (*at++ & 0x3fu);
    *text = (const char *)at;
    return letter;
}

/* Marks of direction, joiners and vowel signs take no column; letters of East Asia take two. */
static size_t width_of(unsigned letter)
{
    if ((letter >= 0x200b && letter <= 0x200f) || (letter >= 0x202a && letter <= 0x202e) ||
        (letter >= 0x2066 && letter <= 0x2069) || (letter >= 0x300 && letter <= 0x36f) || (letter >= 0x610 && letter <= 0x61c) ||
        (letter >= 0x64b && letter <= 0x65f) || letter == 0x670)
        return 0;
    return (letter >= 0x1100 && letter <= 0x115f) || (letter >= 0x2e80 && letter <= 0xa4cf) ||
                   (letter >= 0xac00 && letter <= 0xd7a3) || (letter >= 0xf900 && letter <= 0xfaff) ||
                   (letter >= 0xff00 && letter <= 0xff60) || letter >= 0x1f300
               ? 2
               : 1;
}

size_t columns_of(const char *text)
{
    size_t columns = 0;

    while (*text)
        columns += width_of(read_letter(&text));
    return columns;
}

static void put_spaces(FILE *file, size_t count)
{
    while (count--)
        fputc(' ', file);
}

static void begin_line(FILE *file)
{
    if (right_to_left())
        fputs(RIGHT_MARK, file);
}

/* Ends a line of so many columns. */
static void end_line(FILE *file, size_t columns)
{
    if (right_to_left()) {
        put_spaces(file, columns < PAGE_WIDTH ? PAGE_WIDTH - columns : 0);
        fputs(RIGHT_MARK, file);
    }
    fputc('\n', file);
}

/* --- HTML text ------------------------------------------------------------------------------------------------------------------ */

void put_safely(FILE *file, const char *text)
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

void put_name(FILE *file, const char *name)
{
    fputs("<bdi>", file);
    put_safely(file, name);
    fputs("</bdi>", file);
}

/* --- titles and paragraphs ------------------------------------------------------------------------------------------------------ */

void put_title(struct page *page, enum phrase title)
{
    if (page->html) {
        fprintf(page->file, "<h2 id='s%d'>", title);
        put_safely(page->file, phrase(title));
        fputs("</h2>\n", page->file);
        return;
    }
    page->after_table = 0;
    fputc('\n', page->file);
    begin_line(page->file);
    fprintf(page->file, "%s ", phrase(title));
    for (size_t at = columns_of(phrase(title)) + 1; at < PAGE_WIDTH; at++)
        fputs("─", page->file);
    end_line(page->file, PAGE_WIDTH);
    fputc('\n', page->file);
}

/* A paragraph in lines no wider than the page. */
static void fill_lines(FILE *file, const char *text)
{
    size_t column = 0;

    begin_line(file);
    while (*text) {
        char word[TEXT];
        size_t length = strcspn(text, " "), width;

        snprintf(word, sizeof word, "%.*s", (int)length, text);
        width = columns_of(word);
        if (column && column + 1 + width > PAGE_WIDTH) {
            end_line(file, column);
            begin_line(file);
            column = 0;
        } else if (column) {
            fputc(' ', file);
            column++;
        }
        fputs(word, file);
        column += width;
        text += length;
        text += strspn(text, " ");
    }
    end_line(file, column);
}

void put_text(struct page *page, const char *text)
{
    if (!page->html) {
        if (page->after_table)
            fputc('\n', page->file);
        page->after_table = 0;
        fill_lines(page->file, text);
        return;
    }
    fputs("<p>", page->file);
    put_safely(page->file, text);
    fputs("</p>\n", page->file);
}

void put_detail(struct page *page, const char *text)
{
    char line[TEXT];

    if (page->html) {
        fprintf(page->file, "<details><summary>%s</summary><p lang='en' dir='ltr'>", phrase(SAY_in_detail));
        put_safely(page->file, text);
        fputs("</p></details>\n", page->file);
    } else if (!right_to_left()) {
        snprintf(line, sizeof line, "%s %s", phrase(SAY_in_detail), text);
        fill_lines(page->file, line);
    }
}

void put_meaning(struct page *page, enum phrase word, const char *meaning)
{
    if (!page->html)
        return;
    fputs("<dt>", page->file);
    put_safely(page->file, phrase(word));
    fputs("</dt><dd>", page->file);
    put_safely(page->file, meaning);
    fputs("</dd>\n", page->file);
}

/* --- tables --------------------------------------------------------------------------------------------------------------------- */

enum { MOST_COLUMNS = 32, BAR_WIDTH = 16, NAME_WIDTH = 22 };

struct kept_cell {
    char *text;
    enum cell_kind kind;
    double share;
};

struct table {
    size_t rows, columns[1024]; /* cells of each row */
    struct kept_cell cells[1024][MOST_COLUMNS];
};

void begin_table(struct page *page, enum table_kind kind)
{
    if (page->html) {
        fprintf(page->file, "<div class='scroll'><table class='%s'>\n", kind == TABLE_HEAT ? "heat" : "list");
        return;
    }
    page->table = must_have(1, sizeof *page->table);
}

/* Colour of a share of the deepest one: paper to deep green, dark text on light cells. */
static void put_colour(FILE *file, double share)
{
    static const double paper[3] = {247, 243, 234}, deep[3] = {11, 93, 84};
    double t = pow(fmin(fmax(share, 0.0), 1.0), 0.8);

    fprintf(file, " style='background:rgb(%.0f,%.0f,%.0f);color:%s'", paper[0] + t * (deep[0] - paper[0]),
            paper[1] + t * (deep[1] - paper[1]), paper[2] + t * (deep[2] - paper[2]), t > 0.55 ? "#fff" : "#22303c");
}

static void put_html_cell(struct page *page, const struct cell *cell)
{
    static const char *const levels[] = {"low", "medium", "high"};
    FILE *file = page->file;
    int heading = cell->kind == CELL_HEADING || cell->kind == CELL_TEXT_HEADING;

    if (cell->kind == CELL_BAR)
        return;
    if (!page->row_open)
        fputs("<tr>", file);
    page->row_open = 1;
    fprintf(file, "<%s", heading ? "th" : "td");
    if (cell->kind == CELL_TEXT || cell->kind == CELL_NAME || cell->kind == CELL_TEXT_HEADING)
        fputs(" class='text'", file);
    if (cell->kind == CELL_HEAT)
        put_colour(file, cell->share);
    if (cell->note) {
        fputs(" title='", file);
        put_safely(file, cell->note);
        fputc('\'', file);
    }
    fputc('>', file);
    if (cell->kind == CELL_LEVEL)
        fprintf(file, "<span class='pill %s'>", levels[cell->level]);
    if (cell->kind == CELL_NAME)
        put_name(file, cell->text);
    else
        put_safely(file, cell->text);
    fputs(cell->kind == CELL_LEVEL ? "</span></td>" : heading ? "</th>" : "</td>", file);
}

/* A copy of a text, cut between letters when it is wider than `width` columns. */
static char *copy_cut(const char *text, size_t width)
{
    const char *end = text;
    size_t columns = 0;
    char *copy;

    while (*end) {
        const char *next = end;

        columns += width_of(read_letter(&next));
        if (columns > width)
            break;
        end = next;
    }
    copy = must_have((size_t)(end - text) + 1, 1);
    memcpy(copy, text, (size_t)(end - text));
    return copy;
}

void put_cell(struct page *page, struct cell cell)
{
    struct table *table = page->table;
    struct kept_cell *kept;

    if (page->html) {
        put_html_cell(page, &cell);
        return;
    }
    if (table->rows == sizeof table->columns / sizeof *table->columns || table->columns[table->rows] == MOST_COLUMNS)
        stop("a table of the page is too large");
    kept = &table->cells[table->rows][table->columns[table->rows]++];
    kept->text = copy_cut(cell.text ? cell.text : "", cell.kind == CELL_NAME ? NAME_WIDTH : PAGE_WIDTH);
    kept->kind = cell.kind;
    kept->share = cell.share;
}

void put_heading(struct page *page, enum phrase heading)
{
    put_cell(page, (struct cell){.kind = CELL_HEADING, .text = phrase(heading)});
}

void put_number(struct page *page, const char *text)
{
    put_cell(page, (struct cell){.text = text});
}

void end_row(struct page *page)
{
    if (page->html)
        fputs("</tr>\n", page->file);
    else
        page->table->rows++;
    page->row_open = 0;
}

/* A bar of at most BAR_WIDTH columns; in eighths where it begins on the left, in halves where it begins on the right. */
static size_t put_bar(FILE *file, double share)
{
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t units = isnan(share) ? 0 : (size_t)lround(fmin(fmax(share, 0.0), 1.0) * BAR_WIDTH * 8);

    for (size_t i = 0; i < units / 8; i++)
        fputs("█", file);
    if (right_to_left())
        fputs(units % 8 >= 4 ? "▐" : "", file);
    else
        fputs(eighths[units % 8], file);
    return units / 8 + (units % 8 && (!right_to_left() || units % 8 >= 4));
}

/* Text begins on the side where the language does. So does a number where that is the right; elsewhere numbers end on the right. */
static size_t put_padded(FILE *file, const struct kept_cell *cell, int first, size_t width)
{
    size_t wide = cell->kind == CELL_BAR ? 0 : columns_of(cell->text), space = width > wide ? width - wide : 0;
    int before = !right_to_left() && !first &&
                 (cell->kind == CELL_NUMBER || cell->kind == CELL_HEADING || cell->kind == CELL_HEAT || cell->kind == CELL_LEVEL);

    if (before)
        put_spaces(file, space);
    if (cell->kind == CELL_BAR)
        return put_bar(file, cell->share);
    fputs(cell->text, file);
    if (right_to_left())
        fputs(RIGHT_MARK, file); /* digits beside a Latin name would join its direction */
    if (!before)
        put_spaces(file, space);
    return width;
}

void end_table(struct page *page)
{
    struct table *table = page->table;
    size_t widths[MOST_COLUMNS] = {0}, gap = 2;

    if (page->html) {
        fputs("</table></div>\n", page->file);
        return;
    }
    for (size_t row = 0; row < table->rows; row++)
        for (size_t column = 0; column < table->columns[row]; column++) {
            size_t wide = columns_of(table->cells[row][column].text);

            widths[column] = wide > widths[column] ? wide : widths[column];
        }
    fputc('\n', page->file);
    for (size_t row = 0; row < table->rows; row++) {
        size_t at = 0;

        begin_line(page->file);
        for (size_t column = 0; column < table->columns[row]; column++) {
            if (column)
                put_spaces(page->file, gap);
            at += (column ? gap : 0) + put_padded(page->file, &table->cells[row][column], column == 0, widths[column]);
            free(table->cells[row][column].text);
        }
        end_line(page->file, at);
    }
    free(table);
    page->table = NULL;
    page->after_table = 1;
}
