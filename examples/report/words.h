/* The languages of the report: phrases, numbers and dates as a shop owner reads them. The phrases themselves are in phrases.def. */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "retain/calendar.h"

enum language { ENGLISH, PERSIAN, ARABIC, LANGUAGES };
extern const char *const language_codes[LANGUAGES]; /* en, fa, ar */

enum phrase {
#define PHRASE(name, english, persian, arabic) SAY_##name,
#include "phrases.def"
#undef PHRASE
    PHRASES,
    NO_TITLE = PHRASES
};

enum { TEXT = 2048 }; /* bytes of a buffer for a text; every function below fills the caller's and returns it */

/* The language of everything that follows; English before. */
void speak(enum language language);
const char *language_code(void);
int right_to_left(void);

/* A phrase as it stands. */
const char *phrase(enum phrase which);
/* A phrase with its words in braces replaced: pairs of name and text, then NULL. */
const char *say(char text[TEXT], enum phrase which, ...) __attribute__((sentinel));
/* Item `k` of a list, from 0. */
const char *say_item(char text[TEXT], enum phrase which, size_t k);
/* A plural phrase, such as "3 customers". */
const char *say_count(char text[TEXT], enum phrase which, double count);

const char *write_count(double count, char text[TEXT]);
const char *write_money(double money, char text[TEXT]);
/* Large amounts in millions, billions or trillions. */
const char *write_brief(double money, char text[TEXT]);
const char *write_percent(double rate, char text[TEXT]);
/* As many digits as printf's %.*g would give. */
const char *write_number(double number, int digits, char text[TEXT]);
const char *write_date(retain_calendar calendar, int64_t day, char text[TEXT]);
const char *write_period(retain_calendar calendar, retain_period period, int64_t first_day, char text[TEXT]);
/* For files: 2024-01-31, in every language. */
const char *write_iso(int64_t day, char text[TEXT]);

#endif
