/* Segments: 125 codes, 11 names.
 *
 * Maps that circulate give each segment a range of each score and let ranges overlap or leave gaps: a customer then has two
 * names, or none. Here frequency and monetary value first make four bands, each (f, m) in exactly one; band and recency are row
 * and column of a table that has one name in every place. */
#include <string.h>

#include "core/core.h"
#include "retain/rfm.h"

enum { SCORES = 5, BANDS = 4, NO_SEGMENT = 255 };

/* 0: often and much; 1: often; 2: middling in frequency, or seldom but much; 3: little of either. */
static int band_of(int f, int m)
{
    if (f >= 4)
        return m >= 4 ? 0 : 1;
    return f == 3 || m >= 4 ? 2 : 3;
}

int retain_rfm_default_segment(int r, int f, int m)
{
    static const signed char segment[BANDS][SCORES] = {
        {RETAIN_RFM_CANNOT_LOSE, RETAIN_RFM_CANNOT_LOSE, RETAIN_RFM_LOYAL, RETAIN_RFM_CHAMPIONS, RETAIN_RFM_CHAMPIONS},
        {RETAIN_RFM_AT_RISK, RETAIN_RFM_AT_RISK, RETAIN_RFM_LOYAL, RETAIN_RFM_LOYAL, RETAIN_RFM_LOYAL},
        {RETAIN_RFM_AT_RISK, RETAIN_RFM_AT_RISK, RETAIN_RFM_NEED_ATTENTION, RETAIN_RFM_POTENTIAL_LOYALISTS,
         RETAIN_RFM_POTENTIAL_LOYALISTS},
        {RETAIN_RFM_LOST, RETAIN_RFM_HIBERNATING, RETAIN_RFM_ABOUT_TO_SLEEP, RETAIN_RFM_PROMISING, RETAIN_RFM_NEW},
    };

    if (r < 1 || r > SCORES || f < 1 || f > SCORES || m < 1 || m > SCORES)
        return -1;
    return segment[band_of(f, m)][r - 1];
}

const char *retain_rfm_segment_name(retain_rfm_segment segment)
{
    switch (segment) {
    case RETAIN_RFM_CHAMPIONS:
        return "champions";
    case RETAIN_RFM_LOYAL:
        return "loyal customers";
    case RETAIN_RFM_POTENTIAL_LOYALISTS:
        return "potential loyalists";
    case RETAIN_RFM_NEW:
        return "new customers";
    case RETAIN_RFM_PROMISING:
        return "promising";
    case RETAIN_RFM_NEED_ATTENTION:
        return "need attention";
    case RETAIN_RFM_ABOUT_TO_SLEEP:
        return "about to sleep";
    case RETAIN_RFM_AT_RISK:
        return "at risk";
    case RETAIN_RFM_CANNOT_LOSE:
        return "cannot lose them";
    case RETAIN_RFM_HIBERNATING:
        return "hibernating";
    case RETAIN_RFM_LOST:
        return "lost";
    }
    return "unknown";
}

retain_status retain_rfm_check_segments(retain_context *ctx, const retain_rfm *rfm)
{
    const retain_status status = retain__begin(ctx);

    if (status != RETAIN_OK)
        return status;
    if (!rfm)
        return retain__fail_null(ctx, "rfm");
    if (rfm->bins != SCORES)
        return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, RETAIN_NO_ROW,
                            "rfm.bins is %d; it must be 5: segments are made of five scores", rfm->bins);
    return RETAIN_OK;
}

/* A copy: what is checked is what is used. */
static retain_status take_map(retain_context *ctx, const uint8_t *given, uint8_t *map)
{
    for (int code = 0; code < RETAIN_RFM_CODES; code++) {
        const int r = code / (SCORES * SCORES), f = code / SCORES % SCORES, m = code % SCORES;

        map[code] = given ? given[code] : (uint8_t)retain_rfm_default_segment(r + 1, f + 1, m + 1);
        if (map[code] == NO_SEGMENT)
            return retain__fail(ctx, RETAIN_ERROR_ARGUMENT, (size_t)code, "map[%d] is 255; it must lie in [0, 254]", code);
    }
    return RETAIN_OK;
}

/* Codes of scores, checked as they are read. */
static retain_status take_codes(retain_context *ctx, const uint8_t *const score[3], size_t count, uint8_t *codes)
{
    static const char *const names[] = {"r", "f", "m"};

    for (size_t i = 0; i < count; i++) {
        unsigned code = 0;

        for (int k = 0; k < 3; k++) {
            const unsigned value = score[k][i];

            if (value < 1 || value > SCORES)
                return retain__fail(ctx, RETAIN_ERROR_DATA, i, "%s[%zu] is %d; it must be a score from 1 to 5", names[k], i,
                                    (int)value);
            code = code * SCORES + value - 1;
        }
        codes[i] = (uint8_t)code;
    }
    return RETAIN_OK;
}

retain_status retain_rfm_segments(retain_context *ctx, const uint8_t *r, const uint8_t *f, const uint8_t *m, size_t count,
                                  const uint8_t *given, uint8_t *segment)
{
    const uint8_t *const score[] = {r, f, m};
    retain__scratch scratch = {ctx, NULL};
    uint8_t map[RETAIN_RFM_CODES], *codes = NULL;
    retain_status status = retain__begin(ctx);

    if (status == RETAIN_OK && count && !(r && f && m && segment))
        status = retain__fail_null(ctx, !r ? "r" : !f ? "f" : !m ? "m" : "segment");
    if (status == RETAIN_OK)
        status = take_map(ctx, given, map);
    if (status == RETAIN_OK && !(codes = retain__take(&scratch, count, sizeof *codes)))
        status = RETAIN_ERROR_MEMORY;
    if (status == RETAIN_OK)
        status = take_codes(ctx, score, count, codes);
    for (size_t i = 0; status == RETAIN_OK && i < count; i++)
        segment[i] = map[codes[i]];
    retain__release(&scratch);
    return status;
}
