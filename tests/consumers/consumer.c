/* A C11 program that has nothing but the installed library: any shop's first ten lines. Ends with 0 when the answers are right. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <retain/retain.h>

int main(void)
{
    retain_context context = RETAIN_CONTEXT_INIT;
    int64_t instants[] = {1679792400, 1698541200}, offsets[] = {3600, 0}; /* London 2023 */
    retain_zone london = {2, instants, offsets, 0};
    int64_t seconds[] = {1687994999, 1672531200}, days[2], edges[16];
    size_t count = 0;

    if (retain_calendar_days(&context, &london, seconds, 2, days) != RETAIN_OK ||
        retain_calendar_edges(&context, days[1], days[0], NULL, edges, 16, &count) != RETAIN_OK) {
        fprintf(stderr, "%s\n", context.error);
        return 1;
    }
    printf("libretain %s: day %" PRId64 ", %zu edges\n", retain_version(), days[0], count);
    return days[0] == 19537 && count == 7 && strcmp(retain_status_name(RETAIN_OK), "ok") == 0 ? 0 : 1;
}
