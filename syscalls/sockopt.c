/* Socket options. At the socket level names and some values differ by machine; the protocols' options (IP,
 * TCP, …) are the same bytes everywhere. */
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/time.h>

#include "syscalls/hostdefs.h"
#include "syscalls/socket.h"

enum { G_SOL_SOCKET = 1, MAX_OPTION = 1024 };
enum { G_SO_RCVTIMEO = 20, G_SO_SNDTIMEO = 21, G_SO_RCVTIMEO_NEW = 66, G_SO_SNDTIMEO_NEW = 67 };

static bool is_time(uint32_t option)
{
    return option == G_SO_RCVTIMEO || option == G_SO_SNDTIMEO || option == G_SO_RCVTIMEO_NEW ||
           option == G_SO_SNDTIMEO_NEW;
}

static int host_time_option(uint32_t option)
{
    return option == G_SO_RCVTIMEO || option == G_SO_RCVTIMEO_NEW ? SO_RCVTIMEO : SO_SNDTIMEO;
}

static long set_time(struct call *c)
{
    int32_t old[2];
    int64_t new[2];
    bool wide = c->arg[2] >= G_SO_RCVTIMEO_NEW;
    if (c->arg[4] < (wide ? sizeof new : sizeof old)) return -G_EINVAL;
    if (wide ? mm_read(c->mm, c->arg[3], new, sizeof new) : mm_read(c->mm, c->arg[3], old, sizeof old))
        return -G_EFAULT;
    struct timeval tv = {wide ? new[0] : old[0], wide ? new[1] : old[1]};
    int option = host_time_option(c->arg[2]);
    return sys_result(setsockopt((int)c->arg[0], SOL_SOCKET, option, &tv, sizeof tv));
}

static long put_option(struct call *c, const void *value, uint32_t size)
{
    int32_t room;
    if (mm_read(c->mm, c->arg[4], &room, sizeof room)) return -G_EFAULT;
    if (room < 0) return -G_EINVAL;
    if ((uint32_t)room < size) size = (uint32_t)room;
    if (mm_write(c->mm, c->arg[3], value, size)) return -G_EFAULT;
    return mm_write(c->mm, c->arg[4], &size, sizeof size);
}

static long get_time(struct call *c)
{
    struct timeval tv;
    socklen_t n = sizeof tv;
    long r = sys_result(getsockopt((int)c->arg[0], SOL_SOCKET, host_time_option(c->arg[2]), &tv, &n));
    if (r) return r;
    int32_t old[2] = {(int32_t)tv.tv_sec, (int32_t)tv.tv_usec};
    int64_t new[2] = {tv.tv_sec, tv.tv_usec};
    bool wide = c->arg[2] >= G_SO_RCVTIMEO_NEW;
    return wide ? put_option(c, new, sizeof new) : put_option(c, old, sizeof old);
}

/* struct sock_fprog has a pointer; the instructions are the same on all machines. */
static long attach_filter(struct call *c, int option)
{
    struct guest_fprog {
        uint16_t len, unused;
        uint32_t filter;
    } g;
    struct sock_filter code[BPF_MAXINSNS];
    if (c->arg[4] != sizeof g) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[3], &g, sizeof g)) return -G_EFAULT;
    if (g.len > BPF_MAXINSNS) return -G_EINVAL;
    if (mm_read(c->mm, g.filter, code, g.len * sizeof *code)) return -G_EFAULT;
    struct sock_fprog program = {g.len, code};
    return sys_result(setsockopt((int)c->arg[0], SOL_SOCKET, option, &program, sizeof program));
}

/* Groups of multicast and their sources: the interface's number, then addresses, which begin at a multiple of
 * 8 on the host only. */
static bool is_group(uint32_t level, uint32_t option)
{
    return (level == IPPROTO_IP || level == IPPROTO_IPV6) && option >= MCAST_JOIN_GROUP &&
           option <= MCAST_LEAVE_SOURCE_GROUP;
}

static long set_group(struct call *c)
{
    struct group_source_req req = {0};
    uint32_t level = c->arg[1], option = c->arg[2];
    bool source = option != MCAST_JOIN_GROUP && option != MCAST_LEAVE_GROUP;
    uint32_t addresses = (source ? 2 : 1) * (uint32_t)sizeof req.gsr_group;
    if (c->arg[4] < sizeof req.gsr_interface + addresses) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[3], &req.gsr_interface, sizeof req.gsr_interface)) return -G_EFAULT;
    gaddr from = c->arg[3] + (uint32_t)sizeof req.gsr_interface;
    if (mm_read(c->mm, from, &req.gsr_group, addresses)) return -G_EFAULT;
    socklen_t size = source ? sizeof req : sizeof(struct group_req);
    return sys_result(setsockopt((int)c->arg[0], (int)level, (int)option, &req, size));
}

/* Options with addresses in their values, which the host would take for its own: it could write there. */
static bool holds_address(uint32_t level, uint32_t option, bool set)
{
    enum { IP = 0, TCP = 6, IPV6 = 41, RDS = 276, XDP = 283 };
    enum { TABLE_REPLACE = 64, ARP_TABLE_REPLACE = 96, BRIDGE_TABLES = 128, ZEROCOPY_RECEIVE = 35 };
    switch (level) {
    case IP:
        return option >= BRIDGE_TABLES || (set && (option == TABLE_REPLACE || option == ARP_TABLE_REPLACE));
    case IPV6: return set && option == TABLE_REPLACE;
    case TCP: return option == ZEROCOPY_RECEIVE;
    default: return level == RDS || level == XDP;
    }
}

long call_setsockopt(struct call *c)
{
    uint8_t value[MAX_OPTION];
    uint32_t size = c->arg[4];
    bool socket_level = c->arg[1] == G_SOL_SOCKET;
    if (holds_address(c->arg[1], c->arg[2], true)) return -errno_to_guest(ENOPROTOOPT);
    if (socket_level && is_time(c->arg[2])) return set_time(c);
    if (is_group(c->arg[1], c->arg[2])) return set_group(c);
    int option = socket_level ? value_to_host(FT_SO, c->arg[2]) : (int)c->arg[2];
    if (socket_level && (option == SO_ATTACH_FILTER || option == SO_ATTACH_REUSEPORT_CBPF))
        return attach_filter(c, option);
    if (option < 0 || size > sizeof value)
        return (int32_t)size < 0 ? -G_EINVAL : -errno_to_guest(ENOPROTOOPT);
    if (mm_read(c->mm, c->arg[3], value, size)) return -G_EFAULT;
    int level = socket_level ? SOL_SOCKET : (int)c->arg[1];
    return sys_result(setsockopt((int)c->arg[0], level, option, value, size));
}

/* Values of SO_ERROR and SO_TYPE are themselves numbers of the host. */
static void convert_value(int option, int *value)
{
    if (option == SO_ERROR && *value) *value = errno_to_guest(*value);
    if (option == SO_TYPE) *value = value_to_guest(FT_SOCK_TYPE, (uint32_t)*value);
}

long call_getsockopt(struct call *c)
{
    union {
        uint8_t bytes[MAX_OPTION];
        int number;
    } value = {{0}};
    int32_t room;
    bool socket_level = c->arg[1] == G_SOL_SOCKET;
    if (holds_address(c->arg[1], c->arg[2], false)) return -errno_to_guest(ENOPROTOOPT);
    if (socket_level && is_time(c->arg[2])) return get_time(c);
    int option = socket_level ? value_to_host(FT_SO, c->arg[2]) : (int)c->arg[2];
    /* SO_GET_FILTER counts instructions where others count bytes. */
    if (option < 0 || (socket_level && option == SO_GET_FILTER)) return -errno_to_guest(ENOPROTOOPT);
    if (mm_read(c->mm, c->arg[4], &room, sizeof room)) return -G_EFAULT;
    if (room < 0) return -G_EINVAL;
    socklen_t n = (socklen_t)room < sizeof value ? (socklen_t)room : sizeof value;
    int level = socket_level ? SOL_SOCKET : (int)c->arg[1];
    if (mm_read(c->mm, c->arg[3], value.bytes, n)) value.number = 0; /* some take a question there */
    long r = sys_result(getsockopt((int)c->arg[0], level, option, &value, &n));
    if (r) return r;
    if (socket_level && n == sizeof value.number) convert_value(option, &value.number);
    if (socket_level && option == SO_PEERPIDFD && (r = fd_result(c, value.number)) < 0) return r;
    return put_option(c, &value, n);
}
