/* AES rounds (FIPS 197), carry-less multiplication, SHA-1 and SHA-256 steps (FIPS 180-4). */
#include <pthread.h>

#include "simd/simd.h"

/* --- AES ----------------------------------------------------------------------------------------------- */

static uint8_t forward[256], inverse[256]; /* the S-box and its inverse */
static pthread_once_t boxes_made = PTHREAD_ONCE_INIT;

static uint8_t rotated(uint8_t v, unsigned n)
{
    return (uint8_t)(v << n | v >> (8 - n));
}

static uint8_t doubled(uint8_t v)
{
    return (uint8_t)(v << 1 ^ (v & 0x80 ? 0x1b : 0));
}

/* p runs through all powers of 3, q through their inverses. */
static void make_boxes(void)
{
    uint8_t p = 1, q = 1;
    do {
        p = (uint8_t)(p ^ doubled(p));
        q = (uint8_t)(q ^ q << 1);
        q = (uint8_t)(q ^ q << 2);
        q = (uint8_t)(q ^ q << 4);
        if (q & 0x80) q ^= 0x09;
        forward[p] = (uint8_t)(q ^ rotated(q, 1) ^ rotated(q, 2) ^ rotated(q, 3) ^ rotated(q, 4) ^ 0x63);
    } while (p != 1);
    forward[0] = 0x63;
    for (unsigned k = 0; k < 256; k++)
        inverse[forward[k]] = (uint8_t)k;
}

/* Row r of the state, byte 4 * column + r, moves by `step` * r columns; each byte goes through the box. */
static union vec shift_and_substitute(const union vec *v, const uint8_t box[256], unsigned step)
{
    union vec r;
    pthread_once(&boxes_made, make_boxes);
    for (unsigned k = 0; k < 16; k++)
        r.u8[k] = box[v->u8[(k + 4 * step * (k & 3)) & 15]];
    return r;
}

static uint8_t times(uint8_t v, unsigned factor)
{
    uint8_t product = 0;
    for (; factor; factor >>= 1, v = doubled(v))
        if (factor & 1) product ^= v;
    return product;
}

/* Each column times the circulant matrix whose first row is a, b, c, e. */
static union vec mix_columns(const union vec *v, unsigned a, unsigned b, unsigned c, unsigned e)
{
    union vec r;
    for (unsigned k = 0; k < 16; k++) {
        const uint8_t *column = &v->u8[k & 12];
        r.u8[k] = times(column[k & 3], a) ^ times(column[(k + 1) & 3], b) ^ times(column[(k + 2) & 3], c) ^
                  times(column[(k + 3) & 3], e);
    }
    return r;
}

static unsigned add_key(union vec *d, const union vec *v, const union vec *key)
{
    *d = (union vec){.u64 = {v->u64[0] ^ key->u64[0], v->u64[1] ^ key->u64[1]}};
    return 0;
}

unsigned simd_aesenc(SIMD_ARGS)
{
    union vec v = shift_and_substitute(d, forward, 1);
    v = mix_columns(&v, 2, 3, 1, 1);
    return add_key(d, &v, s);
}
unsigned simd_aesenclast(SIMD_ARGS)
{
    union vec v = shift_and_substitute(d, forward, 1);
    return add_key(d, &v, s);
}
unsigned simd_aesdec(SIMD_ARGS)
{
    union vec v = shift_and_substitute(d, inverse, 3);
    v = mix_columns(&v, 14, 11, 13, 9);
    return add_key(d, &v, s);
}
unsigned simd_aesdeclast(SIMD_ARGS)
{
    union vec v = shift_and_substitute(d, inverse, 3);
    return add_key(d, &v, s);
}
unsigned simd_aesimc(SIMD_ARGS)
{
    *d = mix_columns(s, 14, 11, 13, 9);
    return 0;
}

static uint32_t substituted(uint32_t v)
{
    return forward[v & 0xff] | (uint32_t)forward[v >> 8 & 0xff] << 8 |
           (uint32_t)forward[v >> 16 & 0xff] << 16 | (uint32_t)forward[v >> 24] << 24;
}

unsigned simd_aeskeygenassist(SIMD_ARGS)
{
    pthread_once(&boxes_made, make_boxes);
    uint32_t one = substituted(s->u32[1]), three = substituted(s->u32[3]);
    *d = (union vec){.u32 = {one, (one >> 8 | one << 24) ^ (imm & 0xff), three,
                             (three >> 8 | three << 24) ^ (imm & 0xff)}};
    return 0;
}

/* --- PCLMULQDQ ----------------------------------------------------------------------------------------- */

unsigned simd_pclmulqdq(SIMD_ARGS)
{
    uint64_t a = d->u64[imm & 1], b = s->u64[imm >> 4 & 1], low = 0, high = 0;
    for (unsigned k = 0; k < 64; k++) {
        if (!(b >> k & 1)) continue;
        low ^= a << k;
        if (k) high ^= a >> (64 - k);
    }
    *d = (union vec){.u64 = {low, high}};
    return 0;
}

/* --- SHA ----------------------------------------------------------------------------------------------- */

static inline uint32_t left(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}
static inline uint32_t right(uint32_t v, unsigned n)
{
    return v >> n | v << (32 - n);
}
static inline uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (~x & z);
}
static inline uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) ^ (x & z) ^ (y & z);
}

unsigned simd_sha1nexte(SIMD_ARGS)
{
    uint32_t e = left(d->u32[3], 30);
    *d = *s;
    d->u32[3] += e;
    return 0;
}

unsigned simd_sha1msg1(SIMD_ARGS)
{
    union vec a = *d, b = *s;
    *d = (union vec){
        .u32 = {a.u32[0] ^ b.u32[2], a.u32[1] ^ b.u32[3], a.u32[2] ^ a.u32[0], a.u32[3] ^ a.u32[1]}};
    return 0;
}

unsigned simd_sha1msg2(SIMD_ARGS)
{
    union vec a = *d, b = *s;
    uint32_t first = left(a.u32[3] ^ b.u32[2], 1);
    *d = (union vec){.u32 = {left(a.u32[0] ^ first, 1), left(a.u32[1] ^ b.u32[0], 1),
                             left(a.u32[2] ^ b.u32[1], 1), first}};
    d->u32[3] = first;
    return 0;
}

static uint32_t sha1_function(unsigned which, uint32_t b, uint32_t c, uint32_t e)
{
    return which == 0 ? choose(b, c, e) : which == 2 ? majority(b, c, e) : b ^ c ^ e;
}

unsigned simd_sha1rnds4(SIMD_ARGS)
{
    static const uint32_t constants[] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    union vec w = *s;
    uint32_t a = d->u32[3], b = d->u32[2], c = d->u32[1], e = d->u32[0], last = 0;
    for (unsigned k = 0; k < 4; k++) {
        uint32_t next =
            sha1_function(imm & 3, b, c, e) + left(a, 5) + w.u32[3 - k] + last + constants[imm & 3];
        last = e;
        e = c;
        c = left(b, 30);
        b = a;
        a = next;
    }
    *d = (union vec){.u32 = {e, c, b, a}};
    return 0;
}

unsigned simd_sha256rnds2(SIMD_ARGS)
{
    union vec state = *s, wk = st->xmm[0];
    uint32_t a = s->u32[3], b = s->u32[2], c = d->u32[3], e = d->u32[2];
    uint32_t f = state.u32[1], g = state.u32[0], h = d->u32[1], last = d->u32[0];
    for (unsigned k = 0; k < 2; k++) {
        uint32_t sum1 = right(f, 6) ^ right(f, 11) ^ right(f, 25);
        uint32_t sum0 = right(a, 2) ^ right(a, 13) ^ right(a, 22);
        uint32_t t = last + sum1 + choose(f, g, h) + wk.u32[k];
        last = h;
        h = g;
        g = f;
        f = e + t;
        e = c;
        c = b;
        b = a;
        a = t + sum0 + majority(b, c, e);
    }
    *d = (union vec){.u32 = {g, f, b, a}};
    return 0;
}

unsigned simd_sha256msg1(SIMD_ARGS)
{
    uint32_t w[5] = {d->u32[0], d->u32[1], d->u32[2], d->u32[3], s->u32[0]};
    for (unsigned k = 0; k < 4; k++)
        d->u32[k] = w[k] + (right(w[k + 1], 7) ^ right(w[k + 1], 18) ^ w[k + 1] >> 3);
    return 0;
}

unsigned simd_sha256msg2(SIMD_ARGS)
{
    uint32_t w[6] = {s->u32[2], s->u32[3]};
    for (unsigned k = 0; k < 4; k++)
        w[k + 2] = d->u32[k] + (right(w[k], 17) ^ right(w[k], 19) ^ w[k] >> 10);
    for (unsigned k = 0; k < 4; k++)
        d->u32[k] = w[k + 2];
    return 0;
}
