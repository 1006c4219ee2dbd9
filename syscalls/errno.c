/* Error numbers between host and guest, and their names. The list is errno.def. */
#include "syscalls/sys.h"

#include <errno.h>

static const uint8_t guest_of[] = {
#define ERRNO(name, number) [name] = number,
#include "syscalls/errno.def"
#undef ERRNO
};

static const int host_of[] = {
#define ERRNO(name, number) [number] = name,
#include "syscalls/errno.def"
#undef ERRNO
};

static const char *const names[] = {
#define ERRNO(name, number) [number] = #name,
#include "syscalls/errno.def"
#undef ERRNO
};

enum { GUEST_ERRORS = sizeof host_of / sizeof *host_of };

int errno_to_guest(int host)
{
    if (host < 0 || (size_t)host >= sizeof guest_of || !guest_of[host]) return G_EINVAL;
    return guest_of[host];
}

int errno_to_host(int guest)
{
    return guest > 0 && guest < GUEST_ERRORS && host_of[guest] ? host_of[guest] : EINVAL;
}

const char *errno_name(int guest)
{
    return guest > 0 && guest < GUEST_ERRORS ? names[guest] : NULL;
}

long sys_result(long host_result)
{
    return host_result == -1 ? -errno_to_guest(errno) : host_result;
}
