/* N-queens by bits and by backtracking over arrays, knight's tour, sudoku, towers of Hanoi, permutations. */
#include "tests/guest/guest.h"

static int by_bits(unsigned all, unsigned columns, unsigned left, unsigned right)
{
    int n = 0;
    if (columns == all) return 1;
    for (unsigned free = all & ~(columns | left | right); free;) {
        unsigned bit = free & -free;
        free -= bit;
        n += by_bits(all, columns | bit, (left | bit) << 1, (right | bit) >> 1);
    }
    return n;
}

static int place(int *at, int row, int n)
{
    int found = 0;
    if (row == n) return 1;
    for (int c = 0; c < n; c++) {
        int r = 0;
        while (r < row && at[r] != c && at[r] - c != row - r && c - at[r] != row - r)
            r++;
        at[row] = c;
        if (r == row) found += place(at, row + 1, n);
    }
    return found;
}

static const char puzzle[] =
    "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79";
static char board[82];

static int fits(int at, char digit)
{
    int row = at / 9, column = at % 9, corner = row / 3 * 27 + column / 3 * 3;
    for (int i = 0; i < 9; i++)
        if (board[row * 9 + i] == digit || board[i * 9 + column] == digit ||
            board[corner + i / 3 * 9 + i % 3] == digit)
            return 0;
    return 1;
}

static int solve(int at)
{
    while (at < 81 && board[at] != '.')
        at++;
    if (at == 81) return 1;
    for (char d = '1'; d <= '9'; d++) {
        if (!fits(at, d)) continue;
        board[at] = d;
        if (solve(at + 1)) return 1;
    }
    board[at] = '.';
    return 0;
}

static unsigned hanoi(int n, int from, int to, unsigned sum)
{
    if (n == 0) return sum;
    sum = hanoi(n - 1, from, 6 - from - to, sum);
    return hanoi(n - 1, 6 - from - to, to, sum * 31 + from * 4 + to);
}

static unsigned permute(char *s, int k, int n, unsigned sum)
{
    if (k == n) return mix(sum, s, n);
    for (int i = k; i < n; i++) {
        char t = s[k];
        s[k] = s[i], s[i] = t;
        sum = permute(s, k + 1, n, sum);
        s[i] = s[k], s[k] = t;
    }
    return sum;
}

int main(void)
{
    int at[8];
    char letters[] = "abcdefg";
    for (int n = 1; n <= 9; n++)
        printf("%d queens: %d\n", n, by_bits((1u << n) - 1, 0, 0, 0));
    for (int n = 4; n <= 7; n++)
        printf("%d queens: %d\n", n, place(at, 0, n));
    memcpy(board, puzzle, 82);
    printf("%s\n", solve(0) ? board : "no solution");
    printf("hanoi %08x\n", hanoi(13, 1, 3, 1));
    printf("permutations %08x\n", permute(letters, 0, 7, MIX_START));
    return 0;
}
