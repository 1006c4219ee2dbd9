/* A compressor in the manner of zlib: LZ77 with hash chains, then canonical Huffman codes, and back. */
#include <stdlib.h>
#include "tests/guest/guest.h"

enum { WINDOW = 4096, MIN = 3, MAX = 66, SYMBOLS = 256 + 64, HASH = 1 << 12 };

static unsigned char text[24000], packed[48000], again[24000];
static unsigned short token[24000], distance[24000];

static unsigned hash(const unsigned char *p)
{
    return (p[0] * 2654435761u ^ p[1] * 40503u ^ p[2] * 69069u) >> 7 & (HASH - 1);
}

static int find_tokens(int n)
{
    static int head[HASH], chain[24000];
    int tokens = 0;
    memset(head, -1, sizeof head);
    for (int at = 0; at < n;) {
        int best = 0, from = 0, tries = 32;
        if (at + MIN <= n)
            for (int p = head[hash(text + at)]; p >= 0 && at - p < WINDOW && tries--; p = chain[p]) {
                int len = 0;
                while (len < MAX && at + len < n && text[p + len] == text[at + len])
                    len++;
                if (len > best) best = len, from = at - p;
            }
        int step = best >= MIN ? best : 1;
        token[tokens] = best >= MIN ? 256 + best - MIN : text[at];
        distance[tokens++] = best >= MIN ? from : 0;
        for (; step--; at++)
            if (at + MIN <= n) chain[at] = head[hash(text + at)], head[hash(text + at)] = at;
    }
    return tokens;
}

/* Code lengths by repeatedly joining the two rarest trees. */
static void code_lengths(const unsigned *count, unsigned char *length)
{
    static unsigned weight[2 * SYMBOLS];
    static int parent[2 * SYMBOLS];
    int nodes = SYMBOLS;
    for (int i = 0; i < SYMBOLS; i++)
        weight[i] = count[i], parent[i] = -1;
    for (;;) {
        int a = -1, b = -1;
        for (int i = 0; i < nodes; i++) {
            if (!weight[i]) continue;
            if (a < 0 || weight[i] < weight[a])
                b = a, a = i;
            else if (b < 0 || weight[i] < weight[b])
                b = i;
        }
        if (b < 0) break;
        weight[nodes] = weight[a] + weight[b];
        weight[a] = weight[b] = 0;
        parent[a] = parent[b] = nodes;
        parent[nodes++] = -1;
    }
    for (int i = 0; i < SYMBOLS; i++) {
        length[i] = 0;
        for (int p = parent[i]; p >= 0; p = parent[p])
            length[i]++;
    }
}

static void canonical(const unsigned char *length, unsigned *code)
{
    unsigned next = 0;
    for (int len = 1; len < 32; len++, next <<= 1)
        for (int i = 0; i < SYMBOLS; i++)
            if (length[i] == len) code[i] = next++;
}

static unsigned long bits;
static void put(unsigned value, int n)
{
    while (n--) {
        packed[bits / 8] |= (value >> n & 1) << bits % 8;
        bits++;
    }
}
static unsigned get(int n)
{
    unsigned v = 0;
    while (n--) {
        v = v << 1 | (packed[bits / 8] >> bits % 8 & 1);
        bits++;
    }
    return v;
}

static int unpack(int tokens, const unsigned char *length, const unsigned *code)
{
    int n = 0;
    for (bits = 0; tokens--;) {
        unsigned v = 0, len = 0;
        int sym = -1;
        while (sym < 0) {
            v = v << 1 | get(1), len++;
            for (int i = 0; i < SYMBOLS && sym < 0; i++)
                if (length[i] == len && code[i] == v) sym = i;
        }
        if (sym < 256) {
            again[n++] = sym;
            continue;
        }
        int from = get(12);
        for (int i = sym - 256 + MIN; i > 0; i--, n++)
            again[n] = again[n - from];
    }
    return n;
}

int main(void)
{
    static const char *const words[] = {"the ",   "quick ", "brown ", "fox ",
                                        "jumps ", "over ",  "lazy ",  "dog. "};
    unsigned count[SYMBOLS] = {0}, code[SYMBOLS] = {0};
    unsigned char length[SYMBOLS];
    int n = 0;
    while (n < 6000) {
        const char *w = words[rnd() % 8];
        memcpy(text + n, w, strlen(w)), n += strlen(w);
        if (rnd() % 5 == 0) text[n++] = rnd();
    }
    int tokens = find_tokens(n);
    for (int i = 0; i < tokens; i++)
        count[token[i]]++;
    code_lengths(count, length);
    canonical(length, code);
    for (int i = 0; i < tokens; i++) {
        put(code[token[i]], length[token[i]]);
        if (token[i] >= 256) put(distance[i], 12);
    }
    printf("%d bytes, %d tokens, %lu bits, %08x\n", n, tokens, bits, mix(MIX_START, packed, bits / 8 + 1));
    int back = unpack(tokens, length, code);
    printf("%d bytes back: %s\n", back, back == n && !memcmp(text, again, n) ? "the same" : "different");
    return 0;
}
