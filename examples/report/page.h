/* What a section writes to: the page on the terminal or the HTML page, in the same words. A section says what there is to read; how it looks,
 * and on which side it begins, is decided here. */
#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>

#include "words.h"

enum { PAGE_WIDTH = 98 }; /* of the terminal */

struct page {
    FILE *file;
    int html;
    struct table *table; /* of the terminal, until it is complete */
    int row_open;
    int after_table;
};

enum cell_kind {
    CELL_NUMBER,       /* at the end of its cell */
    CELL_TEXT,         /* at its start */
    CELL_HEADING,      /* of a column of numbers */
    CELL_TEXT_HEADING, /* of a column of texts */
    CELL_NAME,         /* given by the shop: harmless, and in its own direction */
    CELL_LEVEL,        /* of the level 0 (good) to 2 (bad), which it is coloured by */
    CELL_HEAT,         /* coloured by its share */
    CELL_BAR           /* a bar as long as its share */
};

struct cell {
    enum cell_kind kind;
    const char *text;
    const char *note; /* what the pointer shows; may be NULL */
    double share;     /* of the longest bar, or the deepest colour */
    int level;
};

enum table_kind { TABLE_LIST, TABLE_HEAT };

void put_title(struct page *page, enum phrase title);
void put_text(struct page *page, const char *text);
/* A paragraph in English, where the library speaks; folded away on the HTML page. On the terminal in English only. */
void put_detail(struct page *page, const char *text);
/* A word and its meaning; HTML only. */
void put_meaning(struct page *page, enum phrase word, const char *meaning);
/* Text that somebody else wrote, made harmless, in its own direction. */
void put_name(FILE *file, const char *name);
void put_safely(FILE *file, const char *text);

/* Links to all sections; HTML only. */
struct report;
void put_links(const struct report *report, struct page *page);

void begin_table(struct page *page, enum table_kind kind);
void put_cell(struct page *page, struct cell cell);
void put_heading(struct page *page, enum phrase heading);
void put_number(struct page *page, const char *text);
void end_row(struct page *page);
void end_table(struct page *page);

/* Columns that a text takes on a terminal. */
size_t columns_of(const char *text);

#endif
