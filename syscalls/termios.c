/* Terminal settings between the kernel's struct termios on i386 and the C library's on the host, which hides
 * the host kernel's layout. Flags differ by machine, the order of control characters as well. */
#include <termios.h>

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "syscalls/ioctl.h"

struct guest_termios {
    uint32_t iflag, oflag, cflag, lflag;
    uint8_t line, cc[19];
};
static_assert(sizeof(struct guest_termios) == 36, "struct termios of i386");

enum { GUEST_CC = 17, BAUD_BITS = 010017, BAUD_IN_SHIFT = 16 };

long termios_get(struct call *c, int fd, gaddr to)
{
    struct termios h;
    if (tcgetattr(fd, &h)) return sys_result(-1);
    struct guest_termios g = {
        .iflag = flags_to_guest(FT_IFLAG, h.c_iflag),
        .oflag = flags_to_guest(FT_OFLAG, h.c_oflag),
        .cflag = flags_to_guest(FT_CFLAG, h.c_cflag),
        .lflag = flags_to_guest(FT_LFLAG, h.c_lflag),
        .line = h.c_line,
    };
    g.cflag |= h.c_cflag & (BAUD_BITS | BAUD_BITS << BAUD_IN_SHIFT);
    for (uint32_t i = 0; i < GUEST_CC; i++)
        g.cc[i] = h.c_cc[value_to_host(FT_CC, i)];
    return mm_write(c->mm, to, &g, sizeof g);
}

static int action(unsigned long host_request)
{
    return host_request == TCSETS ? TCSANOW : host_request == TCSETSW ? TCSADRAIN : TCSAFLUSH;
}

/* What the guest cannot see (host-only bits and characters) stays as it was. */
long termios_set(struct call *c, int fd, unsigned long host_request, gaddr from)
{
    struct guest_termios g;
    struct termios h;
    if (mm_read(c->mm, from, &g, sizeof g)) return -G_EFAULT;
    if (tcgetattr(fd, &h)) return sys_result(-1);
    h.c_iflag = flags_to_host(FT_IFLAG, g.iflag);
    h.c_oflag = flags_to_host(FT_OFLAG, g.oflag);
    h.c_cflag = flags_to_host(FT_CFLAG, g.cflag) | (g.cflag & (BAUD_BITS | BAUD_BITS << BAUD_IN_SHIFT));
    h.c_lflag = flags_to_host(FT_LFLAG, g.lflag);
    h.c_line = g.line;
    for (uint32_t i = 0; i < GUEST_CC; i++)
        h.c_cc[value_to_host(FT_CC, i)] = g.cc[i];
    int r = tcsetattr(fd, action(host_request), &h);
    return r && errno == EINTR ? -RESTART_SYS : sys_result(r);
}
