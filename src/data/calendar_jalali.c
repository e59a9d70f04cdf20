/* The Solar Hijri (Jalali) calendar of Iran and Afghanistan.
 *
 * The year begins on the day whose noon, by the clock of the meridian 52.5 degrees east, is the first after the March
 * equinox. That is astronomy, not arithmetic; but the leap years it gives lie in a pattern: every fourth year, and now
 * and then one year later than that. A leap year with the three or four common years after it forms a group; eight
 * groups of which the last has five years make a cycle of 33 years, with 29 or 37 years (seven or nine groups) at times
 * instead. K. M. Borkowski computed the equinoxes of three thousand years and wrote the result down as a table of
 * breaks, the years after a cycle that was not of 33 years: "The Persian calendar for 3000 years", Earth, Moon and
 * Planets 74 (1996), 223-230. The table below holds his breaks. A run of years from one break to the next is a number
 * of cycles of 33 years and then one of 29 or 37, and in every cycle the years 0, 4, 8, ... except the last year of the
 * cycle are leap years.
 *
 * From 1178 to 1634 (AD 1799 to 2255) that is the plain 33-year cycle, and from 1206 to 1498 the list of leap years
 * which the Calendar Center of the University of Tehran has published. Where the equinox falls within minutes of noon,
 * programs that reckon by the Sun of the day instead of mean time can differ by a day; the next such year is 1503,
 * whose equinox (March 2124) comes about five minutes after noon.
 *
 * Within a cycle a year begins 365 y + ceil(y / 4) days after the cycle, because the leap year is the first of its
 * group. */
#include "data/calendar_rules.h"

enum { CYCLE_YEARS = 33, CYCLE_DAYS = 12053, GROUP_DAYS = 1461, FIRST_HALF_DAYS = 186 };

typedef struct run {
    int first_year;
    int cycles; /* of 33 years, before the last cycle of 29 or 37 */
    int first_day;
} run;

static const run RUNS[] = {
    {-61, 1, -514913},  {9, 0, -489346},    {38, 4, -478754},  {199, 6, -419950},  {426, 7, -337040},
    {686, 1, -242077},  {756, 1, -216510},  {818, 8, -193865}, {1111, 1, -86849},  {1181, 0, -61282},
    {1210, 12, -50690}, {1635, 12, 104538}, {2060, 0, 259766}, {2097, 2, 273280},  {2192, 1, 307978},
    {2262, 1, 333545},  {2324, 1, 356190},  {2394, 1, 381757}, {2456, 21, 404402}, {3178, 0, 668107},
};

enum { LAST_RUN = sizeof RUNS / sizeof *RUNS - 1 };

/* From a day to the run, cycle and group it lies in. The search starts at the late end: most dates belong to the run of 1210. */
static retain__date find_jalali_date(int64_t number)
{
    int at = LAST_RUN, rest, cycle, group, year_of_group, day_of_year;
    retain__date date;

    while (RUNS[at].first_day > number)
        at--;
    rest = (int)number - RUNS[at].first_day;
    cycle = rest / CYCLE_DAYS < RUNS[at].cycles ? rest / CYCLE_DAYS : RUNS[at].cycles;
    rest -= cycle * CYCLE_DAYS;
    group = rest / GROUP_DAYS;
    rest -= group * GROUP_DAYS;
    year_of_group = rest ? (rest - 1) / 365 : 0;
    day_of_year = rest - 365 * year_of_group - (year_of_group > 0);
    date.year = RUNS[at].first_year + cycle * CYCLE_YEARS + group * 4 + year_of_group;
    if (day_of_year < FIRST_HALF_DAYS) {
        date.month = day_of_year / 31 + 1;
        date.day = day_of_year % 31 + 1;
    } else {
        date.month = (day_of_year - FIRST_HALF_DAYS) / 30 + 7;
        date.day = (day_of_year - FIRST_HALF_DAYS) % 30 + 1;
    }
    return date;
}

static int64_t find_jalali_number(int64_t year, int month, int day)
{
    int at = LAST_RUN, rest, cycle;

    while (RUNS[at].first_year > year)
        at--;
    rest = (int)year - RUNS[at].first_year;
    cycle = rest / CYCLE_YEARS < RUNS[at].cycles ? rest / CYCLE_YEARS : RUNS[at].cycles;
    rest -= cycle * CYCLE_YEARS;
    return RUNS[at].first_day + cycle * CYCLE_DAYS + 365 * rest + (rest + 3) / 4 + 30 * (month - 1) + (month <= 6 ? month - 1 : 6) +
           (day - 1);
}

static int find_jalali_month_length(int64_t year, int month)
{
    if (month <= 6)
        return 31;
    if (month <= 11)
        return 30;
    return (int)(find_jalali_number(year + 1, 1, 1) - find_jalali_number(year, 12, 1));
}

const retain__calendar_rules retain__jalali = {
    .first_year = 1,
    .last_year = 3177,
    .first_day = -492267,
    .end_day = 668107,
    .date = find_jalali_date,
    .number = find_jalali_number,
    .month_length = find_jalali_month_length,
};
