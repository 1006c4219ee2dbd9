/* Conway's Life on a torus by cells and by bits, Langton's ant, a Brainfuck machine and Wolfram's rule 110.
 */
#include "tests/guest/guest.h"

enum { W = 32, H = 32 };
static unsigned char cell[H][W], next[H][W];

static void step_cells(void)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            int n = 0;
            for (int k = 0; k < 9; k++)
                if (k != 4) n += cell[(y + k / 3 + H - 1) % H][(x + k % 3 + W - 1) % W];
            next[y][x] = n == 3 || (n == 2 && cell[y][x]);
        }
    memcpy(cell, next, sizeof cell);
}

static uint32_t rol(uint32_t v, int n)
{
    return v << n | v >> (32 - n);
}

/* Eight neighbours added bitwise, 32 cells at a time. */
static void step_bits(uint32_t *row)
{
    uint32_t out[H];
    for (int y = 0; y < H; y++) {
        uint32_t ones = 0, twos = 0, fours = 0, up = row[(y + H - 1) % H], down = row[(y + 1) % H],
                 me = row[y];
        uint32_t all[8] = {rol(up, 1),  up,           rol(up, 31), rol(me, 1),
                           rol(me, 31), rol(down, 1), down,        rol(down, 31)};
        for (int i = 0; i < 8; i++) {
            uint32_t carry = ones & all[i];
            ones ^= all[i];
            fours |= twos & carry;
            twos ^= carry;
        }
        out[y] = ~fours & twos & (ones | me);
    }
    memcpy(row, out, sizeof out);
}

static void brainfuck(const char *program)
{
    unsigned char tape[64] = {0}, *p = tape;
    for (const char *s = program; *s; s++) {
        int depth = 1;
        switch (*s) {
        case '>': p++; break;
        case '<': p--; break;
        case '+': ++*p; break;
        case '-': --*p; break;
        case '.': putchar(*p); break;
        case '[':
            if (*p) break;
            while (depth)
                s++, depth += *s == '[' ? 1 : *s == ']' ? -1 : 0;
            break;
        case ']':
            if (!*p) break;
            while (depth)
                s--, depth += *s == ']' ? 1 : *s == '[' ? -1 : 0;
            break;
        }
    }
}

int main(void)
{
    uint32_t row[H] = {0};
    for (int i = 0; i < 300; i++) {
        int y = rnd() % H, x = rnd() % W;
        cell[y][x] = 1, row[y] |= 1u << x;
    }
    for (int i = 0; i < 40; i++)
        step_cells(), step_bits(row);
    for (int y = 0; y < H; y++) {
        for (int x = 0; x < W; x++)
            putchar(cell[y][x] != (row[y] >> x & 1) ? '?' : cell[y][x] ? '#' : '.');
        putchar('\n');
    }
    int x = 16, y = 16, dx = 0, dy = -1;
    memset(cell, 0, sizeof cell);
    for (int i = 0; i < 5000; i++) {
        int t = dx, turn = cell[y][x] ? 1 : -1;
        dx = -turn * dy, dy = turn * t;
        cell[y][x] ^= 1;
        x = (x + dx + W) % W, y = (y + dy + H) % H;
    }
    printf("ant %08x\n", mix(MIX_START, cell, sizeof cell));
    brainfuck("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.-----"
              "---.>>+.>++.");
    uint64_t rule = 1;
    for (int i = 0; i < 60; i++)
        rule = (rule ^ rule << 1) | (rule & ~(rule >> 1));
    printf("%016llx\n", (unsigned long long)rule);
    return 0;
}
