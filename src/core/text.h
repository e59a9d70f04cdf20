/* A printf for error sentences that needs neither stdio nor the locale. */
#ifndef RETAIN_TEXT_H
#define RETAIN_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* Writes at most size - 1 bytes and a final zero. Knows %s %d %zu %lld %g (with .precision) and %%; anything else is copied as it
 * stands. Returns the length written. */
size_t retain__format(char *out, size_t size, const char *format, va_list arguments);

#endif
