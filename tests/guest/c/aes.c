/* AES-128 and AES-256 with an S-box computed in the field; the example vectors of FIPS 197. */
#include "tests/guest/guest.h"

static unsigned char box[256], inverse[256];

static unsigned char times(unsigned char a, unsigned char b)
{
    unsigned char p = 0;
    for (; b; b >>= 1) {
        if (b & 1) p ^= a;
        a = a << 1 ^ (a & 0x80 ? 0x1b : 0);
    }
    return p;
}

static void make_boxes(void)
{
    for (int i = 0; i < 256; i++) {
        unsigned char v = 0, s;
        for (int j = 1; j < 256 && i; j++)
            if (times(i, j) == 1) v = j;
        s = v;
        for (int k = 1; k < 5; k++)
            s ^= v << k | v >> (8 - k);
        box[i] = s ^ 0x63;
        inverse[box[i]] = i;
    }
}

struct key {
    int rounds;
    unsigned char at[15 * 16];
};

static void expand(struct key *k, const unsigned char *secret, int words)
{
    unsigned char rcon = 1, t[4];
    k->rounds = words + 6;
    memcpy(k->at, secret, 4 * words);
    for (int i = words; i < 4 * (k->rounds + 1); i++) {
        memcpy(t, k->at + 4 * (i - 1), 4);
        if (i % words == 0) {
            unsigned char first = t[0];
            t[0] = box[t[1]] ^ rcon, t[1] = box[t[2]], t[2] = box[t[3]], t[3] = box[first];
            rcon = times(rcon, 2);
        } else if (words > 6 && i % words == 4)
            for (int j = 0; j < 4; j++)
                t[j] = box[t[j]];
        for (int j = 0; j < 4; j++)
            k->at[4 * i + j] = k->at[4 * (i - words) + j] ^ t[j];
    }
}

static void add_key(unsigned char s[16], const struct key *k, int round)
{
    for (int i = 0; i < 16; i++)
        s[i] ^= k->at[16 * round + i];
}

static void substitute(unsigned char s[16], const unsigned char *by, int direction)
{
    unsigned char t[16];
    for (int i = 0; i < 16; i++)
        t[(i - 4 * direction * (i % 4) + 16) % 16] = by[s[i]];
    memcpy(s, t, 16);
}

static void mix_columns(unsigned char s[16], unsigned char a, unsigned char b, unsigned char c,
                        unsigned char d)
{
    for (int i = 0; i < 16; i += 4) {
        unsigned char t[4];
        for (int j = 0; j < 4; j++)
            t[j] = times(s[i + j], a) ^ times(s[i + (j + 1) % 4], b) ^ times(s[i + (j + 2) % 4], c) ^
                   times(s[i + (j + 3) % 4], d);
        memcpy(s + i, t, 4);
    }
}

static void encrypt(const struct key *k, unsigned char s[16])
{
    add_key(s, k, 0);
    for (int r = 1; r <= k->rounds; r++) {
        substitute(s, box, 1);
        if (r < k->rounds) mix_columns(s, 2, 3, 1, 1);
        add_key(s, k, r);
    }
}

static void decrypt(const struct key *k, unsigned char s[16])
{
    for (int r = k->rounds; r > 0; r--) {
        add_key(s, k, r);
        if (r < k->rounds) mix_columns(s, 14, 11, 13, 9);
        substitute(s, inverse, -1);
    }
    add_key(s, k, 0);
}

static void show(const char *what, const unsigned char *p)
{
    printf("%s ", what);
    for (int i = 0; i < 16; i++)
        printf("%02x", p[i]);
    printf("\n");
}

int main(void)
{
    unsigned char secret[32], s[16];
    struct key k;
    make_boxes();
    for (int i = 0; i < 32; i++)
        secret[i] = i;
    for (int words = 4; words <= 8; words += 2) {
        expand(&k, secret, words);
        for (int i = 0; i < 16; i++)
            s[i] = i * 17;
        encrypt(&k, s);
        show("encrypted", s);
        for (int n = 0; n < 20; n++)
            encrypt(&k, s);
        show("21 times ", s);
        for (int n = 0; n < 21; n++)
            decrypt(&k, s);
        show("decrypted", s);
    }
    return 0;
}
