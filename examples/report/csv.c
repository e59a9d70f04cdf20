/* Numbers and texts of CSV files.
 *
 * A spreadsheet computes a field that begins with =, +, -, @ or a control character, and such a field can be an attack (OWASP, "CSV injection"). An
 * apostrophe before it stops that, but changes an id that another program may have to find again. So it is put only before ids that could
 * be a formula, the page says before how many, and ids that are a sign and digits, as telephone numbers are, stay as they are: the worst that
 * can come of them is a number. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

FILE *open_file(const struct settings *settings, const char *name)
{
    char path[1024];
    FILE *file;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", settings->out, name) >= sizeof path)
        stop("the folder name %s is too long", settings->out);
    file = fopen(path, "w");
    if (!file)
        stop("cannot write %s: %s", path, strerror(errno));
    return file;
}

void close_file(FILE *file, const char *name)
{
    int failed = ferror(file);

    if (fclose(file) != 0 || failed)
        stop("writing %s failed: %s", name, strerror(errno));
}

void put_csv_number(FILE *file, double value)
{
    char text[32];
    int digits = 15;

    fputc(',', file);
    if (!isfinite(value))
        return;
    do
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && ++digits <= 17);
    fputs(text, file);
}

int looks_like_formula(const char *text)
{
    if (*text == '+' || *text == '-')
        return text[1 + strspn(text + 1, "0123456789 .()/-")] != 0;
    return *text && strchr("=@\t\r\n", *text) != NULL;
}

void put_csv_text(FILE *file, const char *text)
{
    int guard = looks_like_formula(text), quote = strpbrk(text, ",\"\r\n") != NULL;

    if (quote)
        fputc('"', file);
    if (guard)
        fputc('\'', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        fputc(*text, file);
    }
    if (quote)
        fputc('"', file);
}
