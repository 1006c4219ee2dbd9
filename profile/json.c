/* A small JSON reader: recursive descent, with a limit to the depth, into a tree. The tree's memory is pages
 * that are filled one after the other, as there are many small things in it and all end at once. */
#include "profile/json.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 32, PAGE_BYTES = 8000 };

struct page {
    struct page *next;
    _Alignas(struct json) char mem[];
};

/* The tree, and what it lies in. */
struct tree {
    struct json value; /* first: it is what others know of a tree */
    struct page *pages;
};

struct parser {
    struct tree *tree;
    char *room; /* of the newest page, which has `left` bytes */
    size_t left;
    const char *at;
    unsigned line, depth;
    const char *until; /* the last member of the outermost object that is wanted; NULL: all are */
    bool enough;
};

static bool parse_into(struct parser *p, struct json *j);

/* n bytes, for any use; NULL without memory. */
static void *take_room(struct parser *p, size_t n)
{
    n = (n + _Alignof(struct json) - 1) & ~(_Alignof(struct json) - 1);
    if (n > p->left) {
        size_t bytes = n > PAGE_BYTES ? n : PAGE_BYTES;
        struct page *page = malloc(sizeof *page + bytes);
        if (!page) return NULL;
        page->next = p->tree->pages;
        p->tree->pages = page;
        p->room = page->mem;
        p->left = bytes;
    }
    char *at = p->room;
    p->room += n;
    p->left -= n;
    return at;
}

static void skip_blanks(struct parser *p)
{
    for (; *p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r'; p->at++)
        if (*p->at == '\n') p->line++;
}

static bool take(struct parser *p, char c)
{
    skip_blanks(p);
    if (*p->at != c) return false;
    p->at++;
    return true;
}

/* --- strings ----------------------------------------------------------------------------------------- */

static char *put_utf8(char *to, unsigned c)
{
    if (c < 0x80) {
        *to++ = (char)c;
    } else if (c < 0x800) {
        *to++ = (char)(0xc0 | c >> 6);
        *to++ = (char)(0x80 | (c & 63));
    } else {
        *to++ = (char)(0xe0 | c >> 12);
        *to++ = (char)(0x80 | (c >> 6 & 63));
        *to++ = (char)(0x80 | (c & 63));
    }
    return to;
}

static bool parse_escape(struct parser *p, char **to)
{
    static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
    char c = *p->at++;
    const char *known = c ? strchr(from, c) : NULL;
    if (known) {
        *(*to)++ = into[known - from];
        return true;
    }
    unsigned v = 0;
    if (c != 'u') return false;
    for (int k = 0; k < 4; k++, p->at++) {
        if (!isxdigit((unsigned char)*p->at)) return false;
        v = v * 16 + (unsigned)(isdigit((unsigned char)*p->at) ? *p->at - '0' : (*p->at | 32) - 'a' + 10);
    }
    *to = put_utf8(*to, v);
    return true;
}

/* The text after a quote; it never grows. */
static char *parse_text(struct parser *p)
{
    size_t n = 0;
    while (p->at[n] && p->at[n] != '"')
        n += p->at[n] == '\\' && p->at[n + 1] ? 2 : 1;
    char *text = p->at[n] ? take_room(p, n + 1) : NULL, *to = text;
    if (!text) return NULL;
    while (*p->at != '"') {
        bool escape = *p->at == '\\';
        if (!escape) {
            *to++ = *p->at++;
            continue;
        }
        p->at++;
        if (!parse_escape(p, &to)) return NULL;
    }
    p->at++;
    *to = '\0';
    return text;
}

/* --- values ------------------------------------------------------------------------------------------ */

static bool parse_member(struct parser *p, struct json *parent, struct json ***end)
{
    char *key = NULL;
    if (parent->kind == JSON_OBJECT) {
        if (!take(p, '"') || !(key = parse_text(p)) || !take(p, ':')) return false;
    }
    struct json *v = take_room(p, sizeof *v);
    if (!v) return false;
    *v = (struct json){.key = key};
    if (!parse_into(p, v)) return false;
    **end = v;
    *end = &v->next;
    p->enough = p->depth == 1 && key && p->until && !strcmp(key, p->until);
    return true;
}

static bool parse_members(struct parser *p, struct json *j, char close)
{
    struct json **end = &j->first;
    if (++p->depth > DEPTH) return false;
    bool good = take(p, close);
    if (!good) {
        do
            good = parse_member(p, j, &end);
        while (good && !p->enough && take(p, ','));
        good = good && (p->enough || take(p, close));
    }
    p->depth--;
    return good;
}

/* Most are whole and not large, and there are many. */
static bool parse_number(struct parser *p, struct json *j)
{
    const char *at = p->at;
    char *end;
    uint64_t whole = 0;
    for (; isdigit((unsigned char)*at) && at - p->at < 15; at++)
        whole = whole * 10 + (unsigned)(*at - '0');
    j->kind = JSON_NUMBER;
    j->number = (double)whole;
    if (at != p->at && strchr(",]} \n", *at) && *at) {
        p->at = at;
        return true;
    }
    j->number = strtod(p->at, &end);
    bool some = end != p->at && (*p->at == '-' || isdigit((unsigned char)*p->at));
    p->at = end;
    return some;
}

static bool parse_word(struct parser *p, struct json *j)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } words[] = {{"null", JSON_NULL}, {"false", JSON_FALSE}, {"true", JSON_TRUE}};
    for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
        size_t n = strlen(words[k].word);
        if (strncmp(p->at, words[k].word, n)) continue;
        p->at += n;
        j->kind = words[k].kind;
        return true;
    }
    return false;
}

static bool parse_into(struct parser *p, struct json *j)
{
    if (take(p, '{')) {
        j->kind = JSON_OBJECT;
        return parse_members(p, j, '}');
    }
    if (take(p, '[')) {
        j->kind = JSON_LIST;
        return parse_members(p, j, ']');
    }
    if (take(p, '"')) {
        j->kind = JSON_STRING;
        j->text = parse_text(p);
        return j->text != NULL;
    }
    return isalpha((unsigned char)*p->at) ? parse_word(p, j) : parse_number(p, j);
}

struct json *json_parse_until(const char *text, const char *member, unsigned *line)
{
    struct tree *tree = calloc(1, sizeof *tree);
    struct parser p = {.tree = tree, .at = text, .line = 1, .until = member};
    bool good = tree && parse_into(&p, &tree->value);
    skip_blanks(&p);
    *line = p.line;
    if (good && (p.enough || !*p.at)) return &tree->value;
    json_free(&tree->value);
    return NULL;
}

struct json *json_parse(const char *text, unsigned *line)
{
    return json_parse_until(text, NULL, line);
}

void json_free(struct json *j)
{
    struct tree *tree = (struct tree *)(void *)j;
    for (struct page *page = tree ? tree->pages : NULL, *next; page; page = next) {
        next = page->next;
        free(page);
    }
    free(tree);
}

/* --- looking ----------------------------------------------------------------------------------------- */

const struct json *json_member(const struct json *j, const char *key)
{
    if (!j || j->kind != JSON_OBJECT) return NULL;
    for (const struct json *m = j->first; m; m = m->next)
        if (!strcmp(m->key, key)) return m;
    return NULL;
}

double json_number(const struct json *j, const char *key)
{
    const struct json *m = json_member(j, key);
    return m && m->kind == JSON_NUMBER ? m->number : 0;
}

const char *json_string(const struct json *j, const char *key)
{
    const struct json *m = json_member(j, key);
    return m && m->kind == JSON_STRING ? m->text : NULL;
}

/* --- writing ----------------------------------------------------------------------------------------- */

/* Bytes that are not UTF-8 become their Latin-1 letters: the text stays JSON. */
static void put_byte(FILE *out, const unsigned char **s)
{
    unsigned char c = *(*s)++;
    if (c == '"' || c == '\\')
        fprintf(out, "\\%c", c);
    else if (c == '\n')
        fputs("\\n", out);
    else if (c < 0x20 || c >= 0x7f)
        fprintf(out, "\\u%04x", c);
    else
        fputc(c, out);
}

static unsigned utf8_length(const unsigned char *s)
{
    unsigned n = *s >= 0xc2 && *s < 0xe0 ? 2 : *s >= 0xe0 && *s < 0xf0 ? 3 : *s >= 0xf0 && *s < 0xf5 ? 4 : 0;
    for (unsigned k = 1; k < n; k++)
        if ((s[k] & 0xc0) != 0x80) return 0;
    return n;
}

void json_put_string(FILE *out, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    if (!s) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    while (*s) {
        unsigned n = utf8_length(s);
        if (n) fwrite(s, 1, n, out);
        if (n)
            s += n;
        else
            put_byte(out, &s);
    }
    fputc('"', out);
}
