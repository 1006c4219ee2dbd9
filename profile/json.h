/* JSON: reading a text into a tree, writing strings. Knows nothing of profiles. */
#ifndef PROFILE_JSON_H
#define PROFILE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum json_kind { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_LIST, JSON_OBJECT };

struct json {
    enum json_kind kind;
    double number;
    char *text;        /* of a string */
    char *key;         /* of a member of an object */
    struct json *next; /* of the same list or object */
    struct json *first;
};

/* NULL: it is not JSON, *line says where, or there is no memory, *line is 0. */
struct json *json_parse(const char *text, unsigned *line);
/* Only the members of the outermost object up to that one: what follows is not looked at. */
struct json *json_parse_until(const char *text, const char *member, unsigned *line);
void json_free(struct json *j); /* what json_parse() gave */

/* A member; NULL: j is no object or has none of that name. */
const struct json *json_member(const struct json *j, const char *key);
double json_number(const struct json *j, const char *key);      /* 0: not there */
const char *json_string(const struct json *j, const char *key); /* NULL: not there */

void json_put_string(FILE *out, const char *s); /* quoted; NULL: null */

#endif
