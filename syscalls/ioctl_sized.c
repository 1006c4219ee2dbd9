/* ioctl requests whose argument leads to more, as much as it says itself: extents of a file, partitions,
 * settings of a network interface, bridges. Which they are is ioctl.def's. */
#include <errno.h>
#include <linux/blkpg.h>
#include <linux/ethtool.h>
#include <linux/fiemap.h>
#include <linux/if_bridge.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "syscalls/ioctl.h"

/* --- FIEMAP: a header, then as many extents as the guest has room for --------------------------------- */

long ioctl_extents(struct call *c, unsigned long request)
{
    enum { MOST = 16384 }; /* at a time: where there are more, the last one is not marked so */
    struct fiemap head;
    if (mm_read(c->mm, c->arg[2], &head, sizeof head)) return -G_EFAULT;
    uint32_t room = head.fm_extent_count;
    if (room > UINT32_MAX / sizeof(struct fiemap_extent)) return -G_EINVAL;
    if (room > MOST) room = MOST;
    struct fiemap *h = calloc(1, sizeof head + room * sizeof *h->fm_extents);
    if (!h) return -G_ENOMEM;
    *h = head;
    h->fm_extent_count = room;
    long r = sys_result(ioctl((int)c->arg[0], request, h));
    int why = errno; /* EBADR has put the flags that it does not know into the header */
    h->fm_extent_count = head.fm_extent_count;
    uint32_t n = r || !room ? 0 : h->fm_mapped_extents;
    if ((!r || why == EBADR) && mm_write(c->mm, c->arg[2], h, sizeof head + n * sizeof *h->fm_extents))
        r = -G_EFAULT;
    free(h);
    return r;
}

/* --- BLKPG ---------------------------------------------------------------------------------------------- */

long ioctl_partition(struct call *c, unsigned long request)
{
    struct {
        int32_t op, flags, size;
        uint32_t data;
    } g;
    struct blkpg_partition p;
    if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    struct blkpg_ioctl_arg h = {.op = g.op, .flags = g.flags, .datalen = g.size, .data = &p};
    if (mm_read(c->mm, g.data, &p, sizeof p)) h.data = c->s->p->nowhere;
    return sys_result(ioctl((int)c->arg[0], request, &h));
}

/* --- Bridges, as the oldest tools ask for them ---------------------------------------------------------- */

long ioctl_bridges(struct call *c, unsigned long request)
{
    enum { MOST = 2048 };
    uint32_t g[3];
    int indices[MOST];
    char name[IFNAMSIZ];
    if (mm_read(c->mm, c->arg[2], g, sizeof g)) return -G_EFAULT;
    unsigned long h[4] = {g[0], (unsigned long)indices, g[2]};
    bool lists = g[0] == BRCTL_GET_BRIDGES, names = g[0] == BRCTL_ADD_BRIDGE || g[0] == BRCTL_DEL_BRIDGE;
    if (lists && g[2] > MOST) return -G_ENOMEM;
    if (names && mm_read(c->mm, g[1], name, sizeof name)) return -G_EFAULT;
    if (names) h[1] = (unsigned long)name;
    long r = sys_result(ioctl((int)c->arg[0], request, h));
    if (r > 0 && lists && mm_write(c->mm, g[1], indices, g[2] * sizeof *indices)) return -G_EFAULT;
    return r;
}

/* --- SIOCETHTOOL: a structure for each of a hundred commands, the same on all machines ----------------- */

enum { MOST_BYTES = 1 << 18 };

/* Flow rules have numbers of 64 bits that begin elsewhere. */
static bool is_flow_rule(uint32_t command)
{
    return command >= ETHTOOL_GRXCLSRULE && command <= ETHTOOL_SRXCLSRLINS;
}

/* How much can be read there. */
static size_t fetch(struct call *c, gaddr from, uint8_t *to)
{
    size_t n = 0;
    while (n < MOST_BYTES && from + n <= UINT32_MAX) {
        size_t part = GPAGE - (from + n) % GPAGE;
        if (part > MOST_BYTES - n) part = MOST_BYTES - n;
        if (mm_read(c->mm, from + (gaddr)n, to + n, part)) break;
        n += part;
    }
    return n;
}

/* What the host has changed. */
static long put_changed(struct call *c, gaddr to, const uint8_t *now, const uint8_t *before)
{
    size_t end = MOST_BYTES;
    while (end && now[end - 1] == before[end - 1])
        end--;
    return end && mm_write(c->mm, to, now, end) ? -G_EFAULT : 0;
}

/* The host is given room for the largest, and behind it a page that it cannot touch. */
long ioctl_ethtool(struct call *c, unsigned long request)
{
    struct {
        char name[IFNAMSIZ];
        uint32_t data, unused[3];
    } g;
    uint32_t command;
    if (mm_read(c->mm, c->arg[2], &g, sizeof g) || mm_read(c->mm, g.data, &command, sizeof command))
        return -G_EFAULT;
    if (is_flow_rule(command)) return -errno_to_guest(EOPNOTSUPP);
    size_t all = MOST_BYTES + mm_host_page(c->mm);
    uint8_t *room = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint8_t *before = calloc(1, MOST_BYTES);
    long r = before && room != MAP_FAILED ? 0 : -G_ENOMEM;
    if (!r) r = sys_result(mprotect(room + MOST_BYTES, all - MOST_BYTES, PROT_NONE));
    if (!r) {
        memcpy(before, room, fetch(c, g.data, room));
        struct ifreq h = {.ifr_data = (char *)room};
        memcpy(h.ifr_name, g.name, sizeof g.name);
        r = sys_result(ioctl((int)c->arg[0], request, &h));
    }
    if (!r) r = put_changed(c, g.data, room, before);
    free(before);
    if (room != MAP_FAILED) munmap(room, all);
    return r;
}
