/* Dhrystone's shared types and the procedures of its second half (dhrystone2.c), which is compiled
 * apart so that no compiler can merge caller and callee. */
#ifndef BENCH_DHRYSTONE_H
#define BENCH_DHRYSTONE_H

#include <stdbool.h>

enum ident { IDENT_1, IDENT_2, IDENT_3, IDENT_4, IDENT_5 };

typedef char string30[31];

struct record {
    struct record *next;
    enum ident kind;
    union {
        struct {
            enum ident ident;
            int number;
            string30 text;
        } first;
        struct {
            enum ident ident;
            string30 text;
        } second;
        struct {
            char c1, c2;
        } third;
    } as;
};

extern int global_int;
extern char global_char1;

void choose_ident(enum ident in, enum ident *out);            /* the paper's Proc_6 */
void add_two(int a, int b, int *sum);                         /* Proc_7 */
void fill_arrays(int one[50], int two[50][50], int a, int b); /* Proc_8 */
enum ident compare_chars(char a, char b);                     /* Func_1 */
bool compare_strings(const string30 a, const string30 b);     /* Func_2 */
bool is_ident_3(enum ident value);                            /* Func_3 */

#endif
