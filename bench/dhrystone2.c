/* Dhrystone, second half: the procedures that the first half calls across a compilation unit. */
#include <string.h>

#include "bench/dhrystone.h"

void choose_ident(enum ident in, enum ident *out)
{
    *out = in;
    if (!is_ident_3(in)) *out = IDENT_4;
    switch (in) {
    case IDENT_1: *out = IDENT_1; break;
    case IDENT_2: *out = global_int > 100 ? IDENT_1 : IDENT_4; break;
    case IDENT_3: *out = IDENT_2; break;
    case IDENT_4: break;
    case IDENT_5: *out = IDENT_3; break;
    }
}

void add_two(int a, int b, int *sum)
{
    int local = a + 2;

    *sum = b + local;
}

void fill_arrays(int one[50], int two[50][50], int a, int b)
{
    int at = a + 5;

    one[at] = b;
    one[at + 1] = one[at];
    one[at + 30] = at;
    for (int i = at; i <= at + 1; i++)
        two[at][i] = at;
    two[at][at - 1] += 1;
    two[at + 20][at] = one[at];
    global_int = 5;
}

enum ident compare_chars(char a, char b)
{
    char local = a;

    if (local != b) return IDENT_1;
    global_char1 = local;
    return IDENT_2;
}

bool compare_strings(const string30 a, const string30 b)
{
    int at = 2;
    char found = 0;

    while (at <= 2)
        if (compare_chars(a[at], b[at + 1]) == IDENT_1) {
            found = 'A';
            at += 1;
        }
    if (found >= 'W' && found < 'Z') at = 7;
    if (found == 'R') return true;
    if (strcmp(a, b) > 0) {
        at += 7;
        global_int = at;
        return true;
    }
    return false;
}

bool is_ident_3(enum ident value)
{
    enum ident local = value;

    return local == IDENT_3;
}
