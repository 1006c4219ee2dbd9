/* The floating-point environment: rounding directions, exception flags, precision control, saved
 * environments, traps by SIGFPE with their codes.
 * @variants: O0 O2 pie dyn */
#include <fenv.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include "tests/guest/guest.h"

static const int directions[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
static const char *const names[] = {"nearest", "down", "up", "zero"};

static const char *raised(void)
{
    static char text[32];
    int e = fetestexcept(FE_ALL_EXCEPT);
    snprintf(text, sizeof text, "%s%s%s%s%s%s", e & FE_INVALID ? "V" : "", e & FE_DIVBYZERO ? "Z" : "",
             e & FE_OVERFLOW ? "O" : "", e & FE_UNDERFLOW ? "U" : "", e & FE_INEXACT ? "X" : "",
             e & 2 ? "D" : "");
    feclearexcept(FE_ALL_EXCEPT);
    return text;
}

static void roundings(void)
{
    static const double values[] = {0.5, 1.5, -0.5, -2.5, 1e15 + 0.5, 4503599627370497.5, -0.1, 1e300, 0.0};
    for (int d = 0; d < 4; d++) {
        fesetround(directions[d]);
        printf("%s %s:", names[d], fegetround() == directions[d] ? "set" : "refused");
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
            volatile double v = values[i];
            printf(" %a", rint(v));
            printf(" %ld", fabs(v) < 1e9 ? lrint(v) : 0);
        }
        volatile double one = 1, three = 3, ten = 10, tiny = 1e-300;
        volatile float f = one / three, g = 16777217.0;
        printf(" %a %a %a %a %a\n", one / three, ten / three, tiny * tiny, f, g);
    }
    fesetround(FE_TONEAREST);
}

static void flags(void)
{
    volatile double zero = 0, one = 1, three = 3, big = 1e308, small = 1e-308, inf = INFINITY, r;
    volatile float f;
    volatile int i;
    feclearexcept(FE_ALL_EXCEPT);
    r = one / zero, printf("1/0 %s\n", raised());
    r = zero / zero, printf("0/0 %s\n", raised());
    r = one / three, printf("1/3 %s\n", raised());
    r = one + one, printf("1+1 %s\n", raised());
    r = big * big, printf("overflow %s\n", raised());
    r = small * small, printf("underflow %s\n", raised());
    r = small / three, printf("denormal %s\n", raised());
    r = inf - inf, printf("inf-inf %s\n", raised());
    r = sqrt(-one), printf("sqrt %s\n", raised());
    f = big, printf("to float %s\n", raised());
    f = small, printf("to float %s\n", raised());
    i = (int)three, printf("to int %s\n", raised());
    r = rint(one / three), printf("rint %s\n", raised());
    r = nearbyint(one / three), printf("nearbyint %s\n", raised());
    printf("isless %d %s\n", !!isless(zero / zero, one), raised());
    (void)r, (void)f, (void)i;
}

static void precision(void)
{
    volatile double one = 1, three = 3;
    for (int pc = 0; pc < 4; pc++) {
        if (pc == 1) continue; /* reserved */
        unsigned short old, cw;
        __asm__ volatile("fnstcw %0" : "=m"(old));
        cw = (old & ~0x300) | pc << 8;
        __asm__ volatile("fldcw %0" : : "m"(cw));
        long double q = (long double)one / three, s = q * q + q, root;
        __asm__ volatile("fsqrt" : "=t"(root) : "0"(s));
        __asm__ volatile("fldcw %0" : : "m"(old));
        printf("precision %d: %La %La %La\n", pc, q, s, root);
    }
}

static void environments(void)
{
    fenv_t saved, clean;
    fexcept_t some;
    volatile double zero = 0, one = 1, r;
    fegetenv(&clean);
    r = one / zero;
    fegetexceptflag(&some, FE_ALL_EXCEPT);
    fesetround(FE_UPWARD);
    feholdexcept(&saved);
    printf("held %s", raised());
    r = zero / zero;
    feupdateenv(&saved);
    printf(" updated %s round %d\n", raised(), fegetround() == FE_UPWARD);
    fesetexceptflag(&some, FE_DIVBYZERO);
    printf("set %s\n", raised());
    feraiseexcept(FE_OVERFLOW | FE_INVALID);
    printf("raised %s\n", raised());
    fesetenv(FE_DFL_ENV);
    printf("default round %d\n", fegetround() == FE_TONEAREST);
    (void)r;
}

static sigjmp_buf back;
static volatile int code;
static void trapped(int signo, siginfo_t *info, void *context)
{
    code = info->si_code;
    siglongjmp(back, signo);
}

static void traps(void)
{
    static const struct {
        int which;
        double a, b;
        char op;
    } rows[] = {
        {FE_DIVBYZERO, 1, 0, '/'}, {FE_INVALID, 0, 0, '/'}, {FE_OVERFLOW, 1e308, 1e308, '*'},
        {FE_INEXACT, 1, 3, '/'},   {FE_INVALID, 1, 1, '/'},
    };
    struct sigaction act = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
    sigaction(SIGFPE, &act, NULL);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        volatile double a = rows[i].a, b = rows[i].b;
        int signo = sigsetjmp(back, 1);
        if (signo == 0) {
            feclearexcept(FE_ALL_EXCEPT);
            feenableexcept(rows[i].which);
            volatile double r = rows[i].op == '/' ? a / b : a * b;
            __asm__ volatile("fwait");
            printf("trap %u: none, %g\n", i, r);
        } else
            printf("trap %u: signal %d code %d\n", i, signo, code);
        fesetenv(FE_DFL_ENV);
    }
}

int main(void)
{
    roundings();
    flags();
    precision();
    environments();
    traps();
    return 0;
}
