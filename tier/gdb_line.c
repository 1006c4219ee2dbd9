/* GDB's remote protocol, its outside: packets with checksums and acknowledgements on a connection, and the
 * notation of their parts. Whatever comes, a packet is a string of at most GDB_PACKET bytes. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tier/gdb_inside.h"

/* --- receiving ----------------------------------------------------------------------------------------- */

void gdb_line_close(struct gdb_line *line)
{
    if (line->fd >= 0) close(line->fd);
    line->fd = -1;
}

bool gdb_line_waits(const struct gdb_line *line)
{
    return line->at < line->n;
}

static void send_all(struct gdb_line *line, const char *p, size_t n)
{
    while (n && line->fd >= 0) {
        ssize_t sent = send(line->fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return; /* the next receive tells that it is closed */
        p += sent;
        n -= (size_t)sent;
    }
}

static int next_byte(struct gdb_line *line)
{
    while (line->at == line->n) {
        ssize_t got = line->fd < 0 ? 0 : recv(line->fd, line->raw, sizeof line->raw, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return GDB_LINE_CLOSED;
        line->at = 0;
        line->n = (size_t)got;
    }
    return line->raw[line->at++];
}

static int digit_of(int c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* What follows `$`. The length; GDB_LINE_CLOSED; or with *good false a packet to be sent again. */
static int get_body(struct gdb_line *line, bool *good)
{
    size_t n = 0;
    unsigned sum = 0;
    int c;
    while ((c = next_byte(line)) >= 0 && c != '#') {
        if (c == '$') { /* the end of the one before got lost */
            n = sum = 0;
            continue;
        }
        sum += (unsigned)c;
        if (n <= GDB_PACKET) line->packet[n < GDB_PACKET ? n : GDB_PACKET - 1] = (char)c;
        n++;
    }
    int high = c < 0 ? c : next_byte(line), low = high < 0 ? high : next_byte(line);
    if (low < 0) return GDB_LINE_CLOSED;
    *good = digit_of(high) * 16 + digit_of(low) == (int)(sum & 0xff);
    if (n > GDB_PACKET) n = 0; /* longer than we said: an empty one is unknown to all */
    line->packet[n] = 0;
    return (int)n;
}

int gdb_line_get(struct gdb_line *line)
{
    for (;;) {
        int c = next_byte(line);
        if (c < 0) return GDB_LINE_CLOSED;
        if (c == 3) return GDB_LINE_INTERRUPT;
        if (c == '-' && !line->no_ack) send_all(line, line->sent, line->sent_length);
        if (c != '$') continue;
        bool good = false;
        int n = get_body(line, &good);
        if (n < 0) return n;
        if (!line->no_ack) send_all(line, good ? "+" : "-", 1);
        if (good) return n;
    }
}

/* --- sending ------------------------------------------------------------------------------------------- */

size_t gdb_room(const struct gdb_reply *r)
{
    return sizeof r->text - r->n;
}

void gdb_put(struct gdb_reply *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(r->text + r->n, gdb_room(r), format, args);
    va_end(args);
    if (n > 0 && (size_t)n < gdb_room(r)) r->n += (size_t)n;
}

void gdb_put_hex(struct gdb_reply *r, const void *bytes, size_t n)
{
    for (const uint8_t *p = bytes; n && gdb_room(r) > 2; p++, n--) {
        r->text[r->n++] = "0123456789abcdef"[*p >> 4];
        r->text[r->n++] = "0123456789abcdef"[*p & 15];
    }
}

size_t gdb_put_binary(struct gdb_reply *r, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    size_t done = 0;
    for (; done < n && gdb_room(r) > 2; done++) {
        bool special = p[done] == '#' || p[done] == '$' || p[done] == '}' || p[done] == '*';
        if (special) r->text[r->n++] = '}';
        r->text[r->n++] = (char)(special ? p[done] ^ 0x20 : p[done]);
    }
    return done;
}

void gdb_line_send(struct gdb_line *line, const struct gdb_reply *r)
{
    unsigned sum = 0;
    for (size_t k = 0; k < r->n; k++)
        sum += (uint8_t)r->text[k];
    line->sent[0] = '$';
    memcpy(line->sent + 1, r->text, r->n);
    snprintf(line->sent + 1 + r->n, 4, "#%02x", sum & 0xff);
    line->sent_length = r->n + 4;
    send_all(line, line->sent, line->sent_length);
}

/* --- parts of a packet --------------------------------------------------------------------------------- */

bool gdb_get_number(const char **at, uint64_t *out)
{
    const char *p = *at;
    uint64_t v = 0;
    for (; digit_of(*p) >= 0; p++) {
        if (v >> 60) return false;
        v = v << 4 | (unsigned)digit_of(*p);
    }
    if (p == *at) return false;
    *at = p;
    *out = v;
    return true;
}

bool gdb_get_address(const char **at, gaddr *out)
{
    uint64_t v;
    if (!gdb_get_number(at, &v) || v > UINT32_MAX) return false;
    *out = (gaddr)v;
    return true;
}

bool gdb_get_char(const char **at, char c)
{
    if (**at != c || c == 0) return false;
    ++*at;
    return true;
}

bool gdb_get_word(const char **at, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0) return false;
    *at += n;
    return true;
}

size_t gdb_get_bytes(const char **at, uint8_t *out, size_t max)
{
    size_t n = 0;
    for (; n < max; n++, *at += 2) {
        int high = digit_of((*at)[0]), low = high < 0 ? -1 : digit_of((*at)[1]);
        if (low < 0) break;
        out[n] = (uint8_t)(high << 4 | low);
    }
    return n;
}

size_t gdb_unescape(char *bytes, size_t n)
{
    size_t kept = 0;
    for (size_t k = 0; k < n; k++) {
        bool escaped = bytes[k] == '}' && k + 1 < n;
        if (escaped) k++;
        bytes[kept++] = (char)(escaped ? bytes[k] ^ 0x20 : bytes[k]);
    }
    return kept;
}
