/* Dhrystone: R. P. Weicker's statement mix, version 2.1 (CACM 27/10, 1984; SIGPLAN Notices 23/8, 1988),
 * written from its descriptions: assignments 51 %, control 32 %, calls 17 %, on the paper's operand types,
 * with version 2.1's use of every result so that no compiler may leave a statement out.
 * dhrystone [RUNS]. The variables' last values are printed and compared with what the paper says. */
#include <string.h>

#include "bench/dhrystone.h"
#include "bench/report.h"

int global_int;
char global_char1;

static bool global_bool;
static char global_char2;
static int array1[50], array2[50][50];
static struct record *head, *second;

/* What one run leaves behind in the main procedure's own variables. */
struct locals {
    int int1, int2, int3;
    enum ident ident;
    string30 text1, text2;
};

static __attribute__((noinline)) void set_from_head(struct record **to) /* Proc_3 */
{
    if (head != NULL) *to = head->next;
    add_two(10, global_int, &head->as.first.number);
}

static __attribute__((noinline)) void copy_record(struct record *from) /* Proc_1 */
{
    struct record *next = from->next;

    *from->next = *head;
    from->as.first.number = 5;
    next->as.first.number = from->as.first.number;
    next->next = from->next;
    set_from_head(&next->next);
    if (next->kind == IDENT_1) {
        next->as.first.number = 6;
        choose_ident(from->as.first.ident, &next->as.first.ident);
        next->next = head->next;
        add_two(next->as.first.number, 10, &next->as.first.number);
    } else {
        *from = *from->next;
    }
}

static __attribute__((noinline)) void loop_once(int *number) /* Proc_2 */
{
    int local = *number + 10;
    enum ident ident = IDENT_2;

    do {
        if (global_char1 == 'A') {
            local -= 1;
            *number = local - global_int;
            ident = IDENT_1;
        }
    } while (ident != IDENT_1);
}

static __attribute__((noinline)) void set_char2(void) /* Proc_4 */
{
    bool local = global_char1 == 'A';

    global_bool = local | global_bool;
    global_char2 = 'B';
}

static __attribute__((noinline)) void set_char1(void) /* Proc_5 */
{
    global_char1 = 'A';
    global_bool = false;
}

static void one_run(int run, struct locals *v)
{
    set_char1();
    set_char2();
    v->int1 = 2;
    v->int2 = 3;
    strcpy(v->text2, "DHRYSTONE PROGRAM, 2'ND STRING");
    v->ident = IDENT_2;
    global_bool = !compare_strings(v->text1, v->text2);
    while (v->int1 < v->int2) {
        v->int3 = 5 * v->int1 - v->int2;
        add_two(v->int1, v->int2, &v->int3);
        v->int1 += 1;
    }
    fill_arrays(array1, array2, v->int1, v->int3);
    copy_record(head);
    for (char c = 'A'; c <= global_char2; c++)
        if (v->ident == compare_chars(c, 'C')) {
            choose_ident(IDENT_1, &v->ident);
            strcpy(v->text2, "DHRYSTONE PROGRAM, 3'RD STRING");
            v->int2 = run;
            global_int = run;
        }
    v->int2 = v->int2 * v->int1;
    v->int1 = v->int2 / v->int3;
    v->int2 = 7 * (v->int2 - v->int3) - v->int1;
    loop_once(&v->int1);
}

static int show(const char *name, int got, int want)
{
    printf("%-22s %11d  (should be %11d)\n", name, got, want);
    return got != want;
}

static int show_text(const char *name, const char *got, const char *want)
{
    printf("%-22s %s\n%-15s should be %s\n", name, got, "", want);
    return strcmp(got, want) != 0;
}

static int check(const struct locals *v, int runs)
{
    static const char text[] = "DHRYSTONE PROGRAM, SOME STRING";
    int wrong = 0;

    wrong += show("global int", global_int, 5);
    wrong += show("global bool", global_bool, 1);
    wrong += show("global char 1", global_char1, 'A');
    wrong += show("global char 2", global_char2, 'B');
    wrong += show("array1[8]", array1[8], 7);
    wrong += show("array2[8][7]", array2[8][7], runs + 10);
    wrong += show("head: kind", (int)head->kind, IDENT_1);
    wrong += show("head: ident", (int)head->as.first.ident, IDENT_3);
    wrong += show("head: number", head->as.first.number, 17);
    wrong += show_text("head: text", head->as.first.text, text);
    wrong += show("next: kind", (int)second->kind, IDENT_1);
    wrong += show("next: ident", (int)second->as.first.ident, IDENT_2);
    wrong += show("next: number", second->as.first.number, 18);
    wrong += show_text("next: text", second->as.first.text, text);
    wrong += show("int 1", v->int1, 5);
    wrong += show("int 2", v->int2, 13);
    wrong += show("int 3", v->int3, 7);
    wrong += show("ident", (int)v->ident, IDENT_2);
    wrong += show_text("text 1", v->text1, "DHRYSTONE PROGRAM, 1'ST STRING");
    wrong += show_text("text 2", v->text2, "DHRYSTONE PROGRAM, 2'ND STRING");
    return wrong;
}

int main(int argc, char **argv)
{
    int runs = (int)iterations(argc, argv, 2000000);
    struct locals v = {0};

    second = calloc(1, sizeof *second);
    head = calloc(1, sizeof *head);
    if (head == NULL || second == NULL) return 2;
    head->next = second;
    head->kind = IDENT_1;
    head->as.first.ident = IDENT_3;
    head->as.first.number = 40;
    strcpy(head->as.first.text, "DHRYSTONE PROGRAM, SOME STRING");
    strcpy(v.text1, "DHRYSTONE PROGRAM, 1'ST STRING");
    array2[8][7] = 10;

    double start = seconds();
    for (int run = 1; run <= runs; run++)
        one_run(run, &v);
    double spent = seconds() - start;

    printf("Dhrystone 2.1's mix, %d runs\n", runs);
    int wrong = check(&v, runs);
    printf("time: %.3f s, %.0f Dhrystones a second\n", spent, runs / spent);
    free(head);
    free(second);
    return verdict(wrong);
}
