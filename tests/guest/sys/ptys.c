/* ioctl on a terminal, a pipe and a file: settings in and out, window size, groups, queued bytes, flags. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>

#include "tests/guest/sys/raw.h"

struct ktermios {
    uint32_t i, o, c, l;
    uint8_t line, cc[19];
};

static void show(const char *title, int fd)
{
    struct ktermios t;
    memset(&t, 0xaa, sizeof t);
    long r = raw(SYS_ioctl, fd, 0x5401, &t);
    printf("%s: %s %o %o %o %o line %d:", title, result(r), t.i, t.o, t.c, t.l, t.line);
    for (int i = 0; i < 17; i++)
        printf(" %02x", t.cc[i]);
    printf("\n");
}

struct ktermio {
    uint16_t i, o, c, l;
    uint8_t line, cc[8];
};

/* TCGETA, TCSETA, TCSETAW, TCSETAF: half of the flags, the other half stays as it is. */
static void old_settings(int fd)
{
    for (long request = 0x5406; request <= 0x5408; request++) {
        struct ktermio t;
        memset(&t, 0xaa, sizeof t);
        long r = raw(SYS_ioctl, fd, 0x5405, &t);
        printf("termio: %s %o %o %o %o line %d:", result(r), t.i, t.o, t.c, t.l, t.line);
        for (int i = 0; i < 8; i++)
            printf(" %02x", t.cc[i]++);
        printf("\n");
        t.i ^= 0x500;
        t.l ^= 0x8008;
        SHOW(raw(SYS_ioctl, fd, request, &t));
        show("after it", fd);
    }
    SHOW(raw(SYS_ioctl, fd, 0x5405, 16));
    SHOW(raw(SYS_ioctl, fd, 0x5406, 16));
}

/* TIOCGLCKTRMIOS, TIOCSLCKTRMIOS: who is not the administrator may not lock. */
static void locked_settings(int fd)
{
    struct ktermios lock, t;
    memset(&lock, 0xaa, sizeof lock);
    printf("%s", result(raw(SYS_ioctl, fd, 0x5456, &lock)));
    printf(" %o %o %o %o %d %d\n", lock.i, lock.o, lock.c, lock.l, lock.cc[0], lock.cc[8]);
    memset(&lock, 0, sizeof lock);
    lock.l = 010;
    lock.c = 017;
    lock.cc[8] = 1;
    SHOW(raw(SYS_ioctl, fd, 0x5457, &lock));
    memset(&lock, 0xaa, sizeof lock);
    SHOW(raw(SYS_ioctl, fd, 0x5456, &lock));
    printf(" %o %o %o %o %d %d\n", lock.i, lock.o, lock.c, lock.l, lock.cc[0], lock.cc[8]);
    raw(SYS_ioctl, fd, 0x5401, &t);
    t.l ^= 030;
    t.cc[8] ^= 1;
    t.cc[9] ^= 1;
    SHOW(raw(SYS_ioctl, fd, 0x5402, &t));
    show("locked", fd);
    memset(&lock, 0, sizeof lock);
    SHOW(raw(SYS_ioctl, fd, 0x5457, &lock));
}

static volatile int resized;
static void on_resize(int signo)
{
    resized++;
}

int main(void)
{
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY), n = -1, lock = 0, p[2];
    unsigned number;
    char name[40];
    printf("TIOCGPTN %s", result(raw(SYS_ioctl, master, 0x80045430, &number)));
    printf(" TIOCSPTLCK %s\n", result(raw(SYS_ioctl, master, 0x40045431, &lock)));
    snprintf(name, sizeof name, "/dev/pts/%u", number);
    int fd = open(name, O_RDWR | O_NOCTTY);
    printf("slave %d\n", fd >= 0);
    show("fresh", fd);
    struct termios t;
    int got = tcgetattr(fd, &t);
    printf("tcgetattr %d speed %o %o\n", got, (unsigned)cfgetospeed(&t), (unsigned)cfgetispeed(&t));
    cfmakeraw(&t);
    t.c_cc[VMIN] = 3;
    t.c_cc[VTIME] = 2;
    t.c_cc[VINTR] = 0x11;
    t.c_cc[VSUSP] = 0x12;
    cfsetspeed(&t, B115200);
    printf("tcsetattr %d\n", tcsetattr(fd, TCSANOW, &t));
    show("raw", fd);
    struct ktermios k = {0x1ff,  5, 0xbf,
                         0x8a3b, 0, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}};
    SHOW(raw(SYS_ioctl, fd, 0x5403, &k));
    show("odd", fd);
    SHOW(raw(SYS_ioctl, fd, 0x5404, &k));
    old_settings(fd);
    locked_settings(fd);
    struct winsize w = {24, 80, 640, 480}, v;
    SHOW(ioctl(fd, TIOCSWINSZ, &w));
    memset(&v, 0xaa, sizeof v);
    SHOW(ioctl(master, TIOCGWINSZ, &v));
    printf("%d x %d, %d x %d\n", v.ws_row, v.ws_col, v.ws_xpixel, v.ws_ypixel);
    cfmakeraw(&t);
    tcsetattr(fd, TCSANOW, &t);
    write(master, "hello", 5);
    poll(&(struct pollfd){fd, POLLIN}, 1, -1);
    SHOW(ioctl(fd, FIONREAD, &n));
    printf("queued %d\n", n);
    SHOW(ioctl(fd, TCFLSH, TCIFLUSH));
    SHOW(ioctl(fd, FIONREAD, &n));
    printf("queued %d\n", n);
    SHOW(ioctl(fd, TIOCGPGRP, &n));
    printf("isatty %d %d\n", isatty(fd), isatty(0) || 1);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        int status = 0;
        setsid();
        signal(SIGWINCH, on_resize);
        SHOW(ioctl(fd, TIOCSCTTY, 0));
        printf("group right %d\n", tcgetpgrp(fd) == getpgrp());
        SHOW(tcsetpgrp(fd, getpgrp()));
        SHOW(tcsetpgrp(fd, 1));
        w.ws_row = 25;
        ioctl(master, TIOCSWINSZ, &w);
        printf("resized %d\n", resized);
        t.c_lflag |= ISIG;
        t.c_cc[VINTR] = 3;
        tcsetattr(fd, TCSANOW, &t);
        fflush(stdout);
        write(master, "\3", 1); /* SIGINT to ourselves */
        for (;;)
            pause();
    }
    int status;
    waitpid(pid, &status, 0);
    printf("child %x\n", status);
    pipe(p);
    write(p[1], "abc", 3);
    SHOW(ioctl(p[0], FIONREAD, &n));
    printf("in the pipe %d\n", n);
    n = 1;
    SHOW(ioctl(p[0], FIONBIO, &n));
    printf("non-blocking %d\n", fcntl(p[0], F_GETFL) & O_NONBLOCK ? 1 : 0);
    SHOW(ioctl(p[0], FIOCLEX));
    SHOW(fcntl(p[0], F_GETFD));
    SHOW(ioctl(p[0], FIONCLEX));
    SHOW(fcntl(p[0], F_GETFD));
    SHOW(raw(SYS_ioctl, p[0], 0x5401, &k));
    SHOW(raw(SYS_ioctl, 99, 0x5401, &k));
    SHOW(raw(SYS_ioctl, p[0], 0x12345678, 0));
    return 0;
}
