/* Terminal settings between the kernel's struct termios on i386 and the C library's on the host, which hides
 * the host kernel's layout. Flags differ by machine, the order of control characters as well. */
#include <termios.h>

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/hostdefs.h"
#include "syscalls/ioctl.h"

struct guest_termios {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t line, cc[19];
};
static_assert(sizeof(struct guest_termios) == 36, "struct termios of i386");

/* Of System V: the first control characters, and half of each word of flags. */
struct guest_termio {
    uint16_t iflag, oflag, cflag, lflag;
    uint8_t line, cc[8];
};
static_assert(sizeof(struct guest_termio) == 18, "struct termio of i386");

struct guest_termios2 {
    struct guest_termios basic;
    uint32_t ispeed, ospeed;
};

enum { GUEST_CC = 17, BAUD_BITS = 010017, BAUD_IN_SHIFT = 16 };
static const uint32_t BAUD = BAUD_BITS | BAUD_BITS << BAUD_IN_SHIFT;

/* --- struct termios ------------------------------------------------------------------------------------- */

static void to_guest(const struct termios *h, struct guest_termios *g)
{
    *g = (struct guest_termios){
        .iflag = flags_to_guest(FT_IFLAG, h->c_iflag),
        .oflag = flags_to_guest(FT_OFLAG, h->c_oflag),
        .cflag = flags_to_guest(FT_CFLAG, h->c_cflag) | (h->c_cflag & BAUD),
        .lflag = flags_to_guest(FT_LFLAG, h->c_lflag),
        .line = h->c_line,
    };
    for (uint32_t i = 0; i < GUEST_CC; i++)
        g->cc[i] = h->c_cc[value_to_host(FT_CC, i)];
}

/* What the guest cannot see (host-only bits and characters) stays as it was. */
static void to_host(const struct guest_termios *g, struct termios *h)
{
    h->c_iflag = flags_to_host(FT_IFLAG, g->iflag);
    h->c_oflag = flags_to_host(FT_OFLAG, g->oflag);
    h->c_cflag = flags_to_host(FT_CFLAG, g->cflag) | (g->cflag & BAUD);
    h->c_lflag = flags_to_host(FT_LFLAG, g->lflag);
    h->c_line = g->line;
    for (uint32_t i = 0; i < GUEST_CC; i++)
        h->c_cc[value_to_host(FT_CC, i)] = g->cc[i];
}

long termios_get(struct call *c, int fd, gaddr to)
{
    struct termios h;
    struct guest_termios g;
    if (tcgetattr(fd, &h)) return sys_result(-1);
    to_guest(&h, &g);
    return mm_write(c->mm, to, &g, sizeof g);
}

static long set(int fd, int when, const struct termios *h)
{
    int r = tcsetattr(fd, when, h);
    return r && errno == EINTR ? -RESTART_SYS : sys_result(r);
}

static int action(unsigned long request, unsigned long now, unsigned long drain)
{
    return request == now ? TCSANOW : request == drain ? TCSADRAIN : TCSAFLUSH;
}

long termios_set(struct call *c, int fd, unsigned long host_request, gaddr from)
{
    struct guest_termios g;
    struct termios h;
    if (mm_read(c->mm, from, &g, sizeof g)) return -G_EFAULT;
    if (tcgetattr(fd, &h)) return sys_result(-1);
    to_host(&g, &h);
    return set(fd, action(host_request, TCSETS, TCSETSW), &h);
}

/* --- struct termio ------------------------------------------------------------------------------------- */

long termio_get(struct call *c, int fd, gaddr to)
{
    struct termios h;
    struct guest_termios g;
    if (tcgetattr(fd, &h)) return sys_result(-1);
    to_guest(&h, &g);
    struct guest_termio t = {(uint16_t)g.iflag, (uint16_t)g.oflag, (uint16_t)g.cflag, (uint16_t)g.lflag,
                             .line = g.line};
    memcpy(t.cc, g.cc, sizeof t.cc);
    return mm_write(c->mm, to, &t, sizeof t);
}

static uint32_t low_half(uint32_t old, uint16_t new)
{
    return (old & 0xffff0000) | new;
}

long termio_set(struct call *c, int fd, unsigned long host_request, gaddr from)
{
    struct guest_termio t;
    struct guest_termios g;
    struct termios h;
    if (mm_read(c->mm, from, &t, sizeof t)) return -G_EFAULT;
    if (tcgetattr(fd, &h)) return sys_result(-1);
    to_guest(&h, &g);
    g.iflag = low_half(g.iflag, t.iflag);
    g.oflag = low_half(g.oflag, t.oflag);
    g.cflag = low_half(g.cflag, t.cflag);
    g.lflag = low_half(g.lflag, t.lflag);
    g.line = t.line;
    memcpy(g.cc, t.cc, sizeof t.cc);
    to_host(&g, &h);
    return set(fd, action(host_request, TCSETA, TCSETAW), &h);
}

/* --- the host kernel's own structure: settings with any speed, and which may not be changed ------------- */

static void from_kernel(const struct termios2 *k, struct guest_termios *g)
{
    struct termios h = {.c_iflag = k->iflag, .c_oflag = k->oflag, .c_cflag = k->cflag, .c_lflag = k->lflag};
    h.c_line = k->line;
    memcpy(h.c_cc, k->cc, sizeof k->cc);
    to_guest(&h, g);
}

static void to_kernel(const struct guest_termios *g, struct termios2 *k)
{
    struct termios h = {0};
    memcpy(h.c_cc, k->cc, sizeof k->cc);
    to_host(g, &h);
    k->iflag = h.c_iflag, k->oflag = h.c_oflag, k->cflag = h.c_cflag, k->lflag = h.c_lflag,
    k->line = h.c_line;
    memcpy(k->cc, h.c_cc, sizeof k->cc);
}

long termios2_get(struct call *c, int fd, gaddr to)
{
    struct termios2 k;
    struct guest_termios2 g;
    if (ioctl(fd, TCGETS2, &k)) return sys_result(-1);
    from_kernel(&k, &g.basic);
    g.ispeed = k.ispeed, g.ospeed = k.ospeed;
    return mm_write(c->mm, to, &g, sizeof g);
}

long termios2_set(struct call *c, int fd, unsigned long host_request, gaddr from)
{
    struct termios2 k;
    struct guest_termios2 g;
    if (mm_read(c->mm, from, &g, sizeof g)) return -G_EFAULT;
    if (ioctl(fd, TCGETS2, &k)) return sys_result(-1);
    to_kernel(&g.basic, &k);
    k.ispeed = g.ispeed, k.ospeed = g.ospeed;
    return sys_wait(c, RESTART_SYS, SYS_ioctl, (long[6]){fd, (long)host_request, (long)&k});
}

long termios_get_locked(struct call *c, int fd, gaddr to)
{
    struct termios2 k = {0};
    struct guest_termios g;
    if (ioctl(fd, TIOCGLCKTRMIOS, &k)) return sys_result(-1);
    from_kernel(&k, &g);
    return mm_write(c->mm, to, &g, sizeof g);
}

long termios_set_locked(struct call *c, int fd, gaddr from)
{
    struct termios2 k = {0};
    struct guest_termios g;
    if (ioctl(fd, TIOCGLCKTRMIOS, &k)) return sys_result(-1);
    if (mm_read(c->mm, from, &g, sizeof g)) return -G_EFAULT;
    to_kernel(&g, &k);
    return sys_result(ioctl(fd, TIOCSLCKTRMIOS, &k));
}
