/* Compression in zlib's way: matches found through chains of hashes, written as one DEFLATE block with the
 * fixed codes (RFC 1951), read back, and compared; Adler-32 (RFC 1950) of both ends. deflate [ROUNDS]: a
 * round does this with 8 KiB of text. deflate 1 FILE leaves the compressed bytes there. */
#include <stdbool.h>
#include <string.h>

#include "bench/random.h"
#include "bench/report.h"

enum { SIZE = 8192, SHORTEST = 3, LONGEST = 258, HASHES = 4096, CHAIN = 32, END = 256 };

struct bits {
    uint8_t bytes[SIZE + SIZE / 4];
    size_t at;
    uint32_t held;
    int count;
};

struct code {
    int base, extra;
};

/* Lengths 257 to 285 and distances 0 to 29 of RFC 1951, 3.2.5: each group's first value and its extra bits.
 */
static struct code length_code[29], distance_code[30];

static void make_codes(void)
{
    int base = SHORTEST;

    for (int i = 0; i < 28; base += 1 << length_code[i].extra, i++)
        length_code[i] = (struct code){base, i < 8 ? 0 : i / 4 - 1};
    length_code[28] = (struct code){LONGEST, 0};
    base = 1;
    for (int i = 0; i < 30; base += 1 << distance_code[i].extra, i++)
        distance_code[i] = (struct code){base, i < 4 ? 0 : i / 2 - 1};
}

static int code_of(const struct code *codes, int count, int value)
{
    int i = count - 1;

    while (codes[i].base > value)
        i--;
    return i;
}

static void put(struct bits *b, uint32_t value, int count)
{
    b->held |= value << b->count;
    b->count += count;
    for (; b->count >= 8; b->count -= 8, b->held >>= 8)
        b->bytes[b->at++] = (uint8_t)b->held;
}

static uint32_t get(struct bits *b, int count)
{
    for (; b->count < count; b->count += 8)
        b->held |= (uint32_t)b->bytes[b->at++] << b->count;
    uint32_t value = b->held & ((1u << count) - 1);

    b->held >>= count;
    b->count -= count;
    return value;
}

/* Huffman codes begin with their highest bit. */
static void put_reversed(struct bits *b, uint32_t code, int count)
{
    uint32_t reversed = 0;

    for (int i = 0; i < count; i++)
        reversed |= (code >> i & 1) << (count - 1 - i);
    put(b, reversed, count);
}

static void put_symbol(struct bits *b, uint32_t symbol)
{
    if (symbol < 144)
        put_reversed(b, 0x30 + symbol, 8);
    else if (symbol < 256)
        put_reversed(b, 0x190 + symbol - 144, 9);
    else if (symbol < 280)
        put_reversed(b, symbol - 256, 7);
    else
        put_reversed(b, 0xc0 + symbol - 280, 8);
}

static uint32_t get_symbol(struct bits *b)
{
    uint32_t code = 0;

    for (int i = 0; i < 7; i++)
        code = code << 1 | get(b, 1);
    if (code < 0x18) return code + 256;
    code = code << 1 | get(b, 1);
    if (code < 0xc0) return code - 0x30;
    if (code < 0xc8) return code - 0xc0 + 280;
    return (code << 1 | get(b, 1)) - 0x190 + 144;
}

static uint32_t hash(const uint8_t *p)
{
    return ((uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2]) * 2654435761u >> 20;
}

static int match_length(const uint8_t *a, const uint8_t *b, int most)
{
    int n = 0;

    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* The longest match for text[at] along its chain of earlier places with the same hash. */
static __attribute__((noinline)) int longest_match(const uint8_t *text, int at, int from,
                                                   const int16_t *before, int *distance)
{
    int best = SHORTEST - 1, most = SIZE - at < LONGEST ? SIZE - at : LONGEST;

    for (int tries = CHAIN; from >= 0 && tries > 0 && best < most; tries--, from = before[from]) {
        int length = text[from + best] == text[at + best] ? match_length(text + from, text + at, most) : 0;

        if (length > best) {
            best = length;
            *distance = at - from;
        }
    }
    return best;
}

static void put_match(struct bits *b, int length, int distance)
{
    int l = code_of(length_code, 29, length), d = code_of(distance_code, 30, distance);

    put_symbol(b, (uint32_t)(257 + l));
    put(b, (uint32_t)(length - length_code[l].base), length_code[l].extra);
    put_reversed(b, (uint32_t)d, 5);
    put(b, (uint32_t)(distance - distance_code[d].base), distance_code[d].extra);
}

static void deflate(const uint8_t *text, struct bits *b)
{
    static int16_t newest[HASHES], before[SIZE];

    memset(newest, 0xff, sizeof newest);
    put(b, 3, 3); /* the last block, fixed codes */
    for (int at = 0, done = 0; at < SIZE; at++) {
        int distance = 0, length = 1;

        if (at + SHORTEST <= SIZE) {
            uint32_t h = hash(text + at);

            if (at == done) length = longest_match(text, at, newest[h], before, &distance);
            before[at] = newest[h];
            newest[h] = (int16_t)at;
        }
        if (at != done) continue; /* inside a match */
        if (distance != 0) {
            put_match(b, length, distance);
            done += length;
        } else {
            put_symbol(b, text[at]);
            done++;
        }
    }
    put_symbol(b, END);
    put(b, 0, 7);
}

/* Returns how many bytes came out. */
static int inflate(struct bits *b, uint8_t *out)
{
    int size = 0;

    if (get(b, 3) != 3) return -1;
    for (uint32_t symbol; (symbol = get_symbol(b)) != END;) {
        if (symbol < END) {
            out[size++] = (uint8_t)symbol;
            continue;
        }
        const struct code *l = &length_code[symbol - 257];
        int length = l->base + (int)get(b, l->extra), d = 0;

        for (int i = 0; i < 5; i++)
            d = d << 1 | (int)get(b, 1);
        int distance = distance_code[d].base + (int)get(b, distance_code[d].extra);

        if (distance > size || size + length > SIZE) return -1;
        for (; length > 0; length--, size++)
            out[size] = out[size - distance];
    }
    return size;
}

static uint32_t adler(const uint8_t *text)
{
    uint32_t a = 1, b = 0;

    for (int i = 0; i < SIZE; i++) {
        a = (a + text[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

/* Words of a small vocabulary, so that there is something to find. */
static void make_text(uint8_t *text, uint32_t *seed)
{
    static const char *const word[16] = {"block",   "chain",   "the ",  "register ", "of ",   "translat",
                                         "ion ",    "memory",  " a",    "ing ",      "guest", "host ",
                                         "address", "flags, ", "jump ", "\n"};

    for (int at = 0; at < SIZE;)
        for (const char *c = word[next_random(seed, 16)]; *c != 0 && at < SIZE; c++)
            text[at++] = (uint8_t)*c;
}

static bool write_file(const char *path, const struct bits *b)
{
    FILE *file = fopen(path, "wb");
    bool ok = file != NULL && fwrite(b->bytes, 1, b->at, file) == b->at;

    return file != NULL && fclose(file) == 0 && ok;
}

int main(int argc, char **argv)
{
    static uint8_t text[SIZE], back[SIZE];
    static struct bits b;
    long rounds = iterations(argc, argv, 1000);
    uint32_t seed = 9, sum = 0;
    size_t bytes = 0;
    int wrong = 0;

    make_codes();
    double start = seconds();

    for (long round = 0; round < rounds; round++) {
        make_text(text, &seed);
        memset(&b, 0, sizeof b);
        deflate(text, &b);
        bytes = b.at;
        b.at = 0;
        b.held = 0;
        b.count = 0;
        wrong += inflate(&b, back) != SIZE || memcmp(text, back, SIZE) != 0 || adler(text) != adler(back);
        sum = sum * 31 + adler(back);
    }
    double spent = seconds() - start;

    b.at = bytes;
    if (argc > 2) wrong += !write_file(argv[2], &b);
    printf("Deflate, %ld rounds\n%d bytes become %d, sum %08x\n", rounds, SIZE, (int)bytes, sum);
    return finish(spent, (double)rounds, "rounds", wrong);
}
