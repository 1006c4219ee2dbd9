/* Division: 64-bit helpers, extreme operands, and the divide error as a SIGFPE with its code and address,
 * taken by a handler that skips the instruction.
 * @variants: O0 O1 O2 Os musl pie */
#include <signal.h>
#include <setjmp.h>
#include <ucontext.h>
#include "tests/guest/guest.h"

static sigjmp_buf back;
static volatile int code;
static void *volatile where;

static void divided(int signo, siginfo_t *info, void *context)
{
    code = info->si_code;
    where = info->si_addr;
    siglongjmp(back, signo);
}

/* These three are told apart from other instructions by their address. */
static int divide(int a, int b)
{
    int q, r;
    __asm__ volatile("cltd\n.globl at_idiv\nat_idiv: idivl %3" : "=a"(q), "=&d"(r) : "0"(a), "r"(b) : "cc");
    return q;
}
extern char at_idiv[];

static void attempt(const char *what, int (*f)(int, int), int a, int b)
{
    int signo = sigsetjmp(back, 1);
    if (signo == 0)
        printf("%s: %d\n", what, f(a, b));
    else
        printf("%s: signal %d code %d%s\n", what, signo, code, where == at_idiv ? " at idiv" : "");
}

static int by_byte(int a, int b)
{
    unsigned short ax = a;
    __asm__ volatile("divb %b1" : "+a"(ax) : "q"(b) : "cc");
    return ax;
}

static int by_signed_byte(int a, int b)
{
    unsigned short ax = a;
    __asm__ volatile("idivb %b1" : "+a"(ax) : "q"(b) : "cc");
    return ax;
}

static int by_word(int a, int b)
{
    unsigned short ax = a, dx = a >> 16;
    __asm__ volatile("divw %w2" : "+a"(ax), "+d"(dx) : "r"(b) : "cc");
    return ax | dx << 16;
}

static int adjust_by(int a, int b)
{
    int ax = a;
    if (b)
        __asm__ volatile("aam $7" : "+a"(ax) : : "cc");
    else
        __asm__ volatile(".byte 0xd4, 0" : "+a"(ax) : : "cc");
    return ax & 0xffff;
}

int main(void)
{
    struct sigaction act = {.sa_sigaction = divided, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &act, NULL);
    attempt("7/2", divide, 7, 2);
    attempt("-7/2", divide, -7, 2);
    attempt("1/0", divide, 1, 0);
    attempt("minimum/-1", divide, INT32_MIN, -1);
    attempt("minimum/1", divide, INT32_MIN, 1);
    attempt("byte 0x1234/0x56", by_byte, 0x1234, 0x56);
    attempt("byte 0xff00/0xff", by_byte, 0xff00, 0xff);
    attempt("byte 0xfeff/0xff", by_byte, 0xfeff, 0xff);
    attempt("signed byte -32768/-1", by_signed_byte, 0x8000, 0xff);
    attempt("signed byte -128/1", by_signed_byte, 0xff80, 1);
    attempt("signed byte 128/1", by_signed_byte, 0x80, 1);
    attempt("word 0x12345678/0x9abc", by_word, 0x12345678, 0x9abc);
    attempt("word 0x9abc0000/0x9abc", by_word, (int)0x9abc0000, 0x9abc);
    attempt("aam 7", adjust_by, 0x55, 1);
    attempt("aam 0", adjust_by, 0x55, 0);

    uint32_t sum = MIX_START;
    for (int i = 0; i < 3000; i++) {
        uint64_t a = rnd64() >> (i % 64), b = rnd64() >> (i * 7 % 64);
        if (b == 0) b = 3;
        uint64_t u[2] = {a / b, a % b};
        int64_t s[2] = {(int64_t)a / ((int64_t)b | 1 << 20), (int64_t)a % ((int64_t)b | 1 << 20)};
        sum = MIX(sum, u);
        sum = MIX(sum, s);
    }
    printf("64-bit quotients and remainders: %08x\n", sum);
    return 0;
}
