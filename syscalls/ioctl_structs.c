/* ioctl requests of block devices, loop devices and sockets whose structures hold longs or pointers, which a
 * 64-bit host lays out otherwise. Which they are is ioctl.def's. */
#include <errno.h>
#include <linux/hdreg.h>
#include <linux/loop.h>
#include <net/if.h>
#include <net/route.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "syscalls/ioctl.h"

static long host_ioctl(struct call *c, unsigned long request, void *argument)
{
    return sys_result(ioctl((int)c->arg[0], request, argument));
}

/* --- block devices ------------------------------------------------------------------------------------- */

long ioctl_get_long(struct call *c, unsigned long request)
{
    unsigned long wide = 0;
    long r = host_ioctl(c, request, &wide);
    if (r) return r;
    uint32_t narrow = (uint32_t)wide;
    if (narrow != wide) return -G_EFBIG;
    return mm_write(c->mm, c->arg[2], &narrow, sizeof narrow);
}

long ioctl_geometry(struct call *c, unsigned long request)
{
    struct hd_geometry h;
    long r = host_ioctl(c, request, &h);
    if (r) return r;
    struct {
        uint8_t heads, sectors;
        uint16_t cylinders;
        uint32_t start;
    } g = {h.heads, h.sectors, h.cylinders, (uint32_t)h.start};
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

/* --- loop devices -------------------------------------------------------------------------------------- */

struct guest_loop_info {
    int32_t number;
    uint16_t device;
    uint32_t inode;
    uint16_t rdevice;
    int32_t offset, encrypt_type, encrypt_key_size, flags;
    char name[LO_NAME_SIZE];
    uint8_t key[LO_KEY_SIZE];
    uint32_t init[2];
    char reserved[4];
};
static_assert(sizeof(struct guest_loop_info) == 140, "struct loop_info of i386");

long ioctl_get_loop(struct call *c)
{
    struct loop_info64 h;
    long r = host_ioctl(c, LOOP_GET_STATUS64, &h);
    if (r) return r;
    struct guest_loop_info g = {
        .number = (int32_t)h.lo_number,
        .device = (uint16_t)h.lo_device,
        .inode = (uint32_t)h.lo_inode,
        .rdevice = (uint16_t)h.lo_rdevice,
        .offset = (int32_t)h.lo_offset,
        .encrypt_type = (int32_t)h.lo_encrypt_type,
        .encrypt_key_size = (int32_t)h.lo_encrypt_key_size,
        .flags = (int32_t)h.lo_flags,
        .init = {(uint32_t)h.lo_init[0], (uint32_t)h.lo_init[1]},
    };
    memcpy(g.name, h.lo_file_name, sizeof g.name);
    memcpy(g.key, h.lo_encrypt_key, sizeof g.key);
    if (g.device != h.lo_device || g.rdevice != h.lo_rdevice || g.inode != h.lo_inode || g.offset < 0 ||
        (uint64_t)g.offset != h.lo_offset)
        return -errno_to_guest(EOVERFLOW);
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

long ioctl_set_loop(struct call *c)
{
    struct guest_loop_info g;
    if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    struct loop_info64 h = {
        .lo_number = (uint32_t)g.number,
        .lo_device = g.device,
        .lo_inode = g.inode,
        .lo_rdevice = g.rdevice,
        .lo_offset = (uint64_t)g.offset,
        .lo_encrypt_type = (uint32_t)g.encrypt_type,
        .lo_encrypt_key_size = (uint32_t)g.encrypt_key_size,
        .lo_flags = (uint32_t)g.flags,
        .lo_init = {g.init[0], g.init[1]},
    };
    memcpy(h.lo_file_name, g.name, sizeof g.name);
    memcpy(h.lo_encrypt_key, g.key, sizeof g.key);
    return host_ioctl(c, LOOP_SET_STATUS64, &h);
}

/* --- sockets ------------------------------------------------------------------------------------------- */

/* When the last packet came: a struct timeval or timespec, both of which are two longs. */
long ioctl_stamp(struct call *c, unsigned long request)
{
    long wide[2];
    long r = host_ioctl(c, request, wide);
    if (r) return r;
    int32_t narrow[2] = {(int32_t)wide[0], (int32_t)wide[1]};
    return mm_write(c->mm, c->arg[2], narrow, sizeof narrow);
}

enum { G_IFREQ = 32, MOST_INTERFACES = 4096 }; /* struct ifreq's bytes on i386 */

/* A list of struct ifreq, or with a null pointer how long it would be. */
long ioctl_interfaces(struct call *c, unsigned long request)
{
    struct {
        int32_t len;
        uint32_t list;
    } g;
    if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    size_t most = g.len < 0 ? 0 : (size_t)g.len / G_IFREQ;
    if (most > MOST_INTERFACES) most = MOST_INTERFACES;
    struct ifreq *list = g.list ? calloc(most + 1, sizeof *list) : NULL;
    if (g.list && !list) return -G_ENOMEM;
    struct ifconf h = {.ifc_len = (int)(most * sizeof *list), .ifc_req = list};
    long r = host_ioctl(c, request, &h);
    size_t n = r ? 0 : (size_t)h.ifc_len / sizeof *list;
    for (size_t i = 0; list && i < n && !r; i++)
        r = mm_write(c->mm, g.list + (uint32_t)i * G_IFREQ, &list[i], G_IFREQ);
    free(list);
    if (r) return r;
    g.len = (int32_t)(n * G_IFREQ);
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

long ioctl_ifmap(struct call *c, unsigned long request)
{
    struct guest_ifreq_map {
        char name[IFNAMSIZ];
        uint32_t mem_start, mem_end;
        uint16_t base_addr;
        uint8_t irq, dma, port, unused[3];
    } g;
    static_assert(sizeof g == G_IFREQ, "struct ifreq of i386");
    struct ifreq h = {0};
    if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    memcpy(h.ifr_name, g.name, sizeof g.name);
    long r = host_ioctl(c, request, &h);
    if (r) return r;
    g.mem_start = (uint32_t)h.ifr_map.mem_start;
    g.mem_end = (uint32_t)h.ifr_map.mem_end;
    g.base_addr = h.ifr_map.base_addr;
    g.irq = h.ifr_map.irq, g.dma = h.ifr_map.dma, g.port = h.ifr_map.port;
    return mm_write(c->mm, c->arg[2], &g, sizeof g);
}

/* Adding and removing a route. */
long ioctl_route(struct call *c, unsigned long request)
{
    struct {
        uint32_t pad1;
        struct sockaddr dst, gateway, genmask;
        uint16_t flags;
        int16_t pad2;
        uint32_t pad3;
        uint8_t tos, class;
        int16_t pad4, metric;
        uint32_t dev, mtu, window;
        uint16_t irtt;
    } g;
    char device[IFNAMSIZ] = "";
    if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
    struct rtentry h = {
        .rt_dst = g.dst,
        .rt_gateway = g.gateway,
        .rt_genmask = g.genmask,
        .rt_flags = g.flags,
        .rt_tos = g.tos,
        .rt_class = g.class,
        .rt_metric = g.metric,
        .rt_mtu = g.mtu,
        .rt_window = g.window,
        .rt_irtt = g.irtt,
    };
    if (g.dev && mm_read(c->mm, g.dev, device, sizeof device - 1)) return -G_EFAULT;
    if (g.dev) h.rt_dev = device;
    return host_ioctl(c, request, &h);
}
