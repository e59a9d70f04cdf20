/* The proleptic Gregorian calendar, with a year 0 (1 BC) and negative years before it.
 *
 * Years are counted from March, so that the leap day is the last one of its year, and from 1,002,000 years before our
 * era, a multiple of 400, so that all numbers are positive and fit 32 bits. Then years and months are straight lines of
 * whole numbers: day 1461 y / 4 is the beginning of year y of a century, day (979 m - 2919) / 32 of year the beginning
 * of month m (3 for March to 14 for February). Both are inverted by one multiplication each; 2939745 / 2^32 stands for
 * 1 / 1461 and 2141 / 2^16 for 32 / 979, exact over the whole range in which they are used.
 *
 * Source: C. Neri, L. Schneider, "Euclidean affine functions and their application to calendar algorithms", Software:
 * Practice and Experience 53 (2023), 937-970. */
#include "data/calendar_rules.h"

enum {
    DAYS_OF_400_YEARS = 146097,
    SHIFT_YEARS = 400 * 2505,
    SHIFT_DAYS = DAYS_OF_400_YEARS * 2505 + 719468 /* 719468 days lie between 0000-03-01 and 1970-01-01 */
};

static retain__date find_gregorian_date(int64_t number)
{
    uint32_t quarters = 4 * (uint32_t)(number + SHIFT_DAYS) + 3;
    uint32_t century = quarters / DAYS_OF_400_YEARS;
    uint32_t quarters_of_century = quarters % DAYS_OF_400_YEARS | 3;
    uint64_t product = (uint64_t)2939745 * quarters_of_century;
    uint32_t year_of_century = (uint32_t)(product >> 32);
    uint32_t day_of_year = (uint32_t)product / 2939745 / 4;
    uint32_t month_and_day = 2141 * day_of_year + 197913;
    int month = (int)(month_and_day >> 16), next_year = day_of_year >= 306; /* 306 days from March to December */
    retain__date date;

    date.year = (int64_t)(100 * century + year_of_century) - SHIFT_YEARS + next_year;
    date.month = next_year ? month - 12 : month;
    date.day = (int)((month_and_day & 0xffff) / 2141) + 1;
    return date;
}

static int64_t find_gregorian_number(int64_t year, int month, int day)
{
    int previous_year = month <= 2;
    uint32_t years = (uint32_t)(year + SHIFT_YEARS - previous_year);
    uint32_t months = (uint32_t)(previous_year ? month + 12 : month);
    uint32_t century = years / 100;
    uint32_t days_of_years = 1461 * years / 4 - century + century / 4;
    uint32_t days_of_months = (979 * months - 2919) / 32;

    return (int64_t)(days_of_years + days_of_months) + (day - 1) - SHIFT_DAYS;
}

static int find_gregorian_month_length(int64_t year, int month)
{
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    if (month == 2)
        return 28 + leap;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

const retain__calendar_rules retain__gregorian = {
    .first_year = -1000000,
    .last_year = 1000000,
    .first_day = -365962028,
    .end_day = 364523338,
    .date = find_gregorian_date,
    .number = find_gregorian_number,
    .month_length = find_gregorian_month_length,
};
