/* Allocated strings of the start-up code, which has nothing to go on with when memory is out. */
#ifndef TIER_TEXT_H
#define TIER_TEXT_H

#include <stddef.h>

void *text_alloc(size_t n);               /* zeroed; ends tierrun when there is no memory */
char *text_copy(const char *s, size_t n); /* n bytes and a NUL */
char *text_absolute(const char *path);    /* from the working folder, if that has a name */
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
