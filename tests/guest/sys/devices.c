/* ioctl requests of loop and block devices (where there are any and they may be used) and of sockets, whose
 * structures hold longs and pointers. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/loop.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "tests/guest/sys/raw.h"

static void block(int fd)
{
    uint32_t word[4] = {0};
    struct hd_geometry geometry = {0};
    SHOW(raw(SYS_ioctl, fd, BLKGETSIZE, word));
    printf("%u sectors\n", word[0]);
    SHOW(raw(SYS_ioctl, fd, BLKGETSIZE64, word));
    printf("%u %u bytes\n", word[0], word[1]);
    SHOW(raw(SYS_ioctl, fd, BLKSSZGET, word));
    printf("%u a sector\n", word[0]);
    SHOW(raw(SYS_ioctl, fd, BLKBSZGET, word));
    SHOW(raw(SYS_ioctl, fd, BLKROGET, word));
    printf("read-only %u\n", word[0]);
    word[0] = 0;
    SHOW(raw(SYS_ioctl, fd, BLKRAGET, word));
    SHOW(raw(SYS_ioctl, fd, BLKRAGET, 16));
    SHOW(raw(SYS_ioctl, fd, HDIO_GETGEO, &geometry));
    SHOW(raw(SYS_ioctl, fd, BLKFLSBUF, 0));
}

/* Several runs look for a free device at the same time. */
static int attach(int file)
{
    char name[32];
    int control = open("/dev/loop-control", O_RDWR), loop = -1;
    for (int tries = 0; control >= 0 && tries < 1000; tries++) {
        int free = ioctl(control, LOOP_CTL_GET_FREE);
        if (free < 0) break;
        snprintf(name, sizeof name, "/dev/loop%d", free);
        loop = open(name, O_RDWR);
        if (loop < 0 || ioctl(loop, LOOP_SET_FD, file) == 0 || errno != EBUSY) break;
        close(loop), loop = -1;
    }
    return loop;
}

static void loops(void)
{
    int file = open("image", O_RDWR | O_CREAT, 0600);
    ftruncate(file, 1 << 20);
    SHOW(raw(SYS_ioctl, file, BLKGETSIZE, &file));
    SHOW(raw(SYS_ioctl, file, LOOP_CLR_FD, 0));
    int loop = attach(file);
    if (loop < 0) return;
    struct loop_info64 wide = {.lo_offset = 4096, .lo_file_name = "image of a test"};
    struct loop_info old;
    SHOW(raw(SYS_ioctl, loop, LOOP_SET_STATUS64, &wide));
    block(loop);
    memset(&old, 0x55, sizeof old);
    long r = raw(SYS_ioctl, loop, LOOP_GET_STATUS, &old);
    printf("old status: %s\n", result(r));
    if (!r) printf("offset %d, name %s, flags %x\n", old.lo_offset, old.lo_name, old.lo_flags);
    memset(&wide, 0x55, sizeof wide);
    SHOW(raw(SYS_ioctl, loop, LOOP_GET_STATUS64, &wide));
    printf("offset %u, name %s\n", (unsigned)wide.lo_offset, wide.lo_file_name);
    old = (struct loop_info){.lo_offset = 8192, .lo_name = "another"};
    SHOW(raw(SYS_ioctl, loop, LOOP_SET_STATUS, &old));
    SHOW(raw(SYS_ioctl, loop, LOOP_GET_STATUS64, &wide));
    printf("offset %u, name %s\n", (unsigned)wide.lo_offset, wide.lo_file_name);
    SHOW(raw(SYS_ioctl, loop, LOOP_SET_FD, file));
    SHOW(raw(SYS_ioctl, loop, LOOP_CLR_FD, 0));
}

static void sockets(void)
{
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct ifreq list[4], one = {.ifr_name = "lo"};
    struct ifconf conf = {.ifc_len = sizeof list, .ifc_req = list};
    SHOW(raw(SYS_ioctl, s, SIOCGIFCONF, &conf));
    struct sockaddr_in *first = (struct sockaddr_in *)&list[0].ifr_addr;
    printf("%s %x, remainder %d\n", list[0].ifr_name, ntohl(first->sin_addr.s_addr), conf.ifc_len % 32);
    conf.ifc_req = NULL;
    SHOW(raw(SYS_ioctl, s, SIOCGIFCONF, &conf));
    printf("some %d, remainder %d\n", conf.ifc_len > 0, conf.ifc_len % 32);
    conf = (struct ifconf){.ifc_len = 64, .ifc_req = (void *)16};
    SHOW(raw(SYS_ioctl, s, SIOCGIFCONF, &conf));
    SHOW(raw(SYS_ioctl, s, SIOCGIFCONF, 16));
    SHOW(raw(SYS_ioctl, s, SIOCGIFTXQLEN, &one));
    printf("queue %d\n", one.ifr_qlen);
    SHOW(raw(SYS_ioctl, s, SIOCGIFMAP, &one));
    printf("memory %lx to %lx\n", one.ifr_map.mem_start, one.ifr_map.mem_end);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof at;
    int32_t stamp[2] = {-1, -1};
    bind(s, (struct sockaddr *)&at, sizeof at);
    getsockname(s, (struct sockaddr *)&at, &size);
    SHOW(raw(SYS_ioctl, s, 0x8906, stamp)); /* SIOCGSTAMP_OLD: turns time stamps on */
    sendto(s, "x", 1, 0, (struct sockaddr *)&at, sizeof at);
    recv(s, stamp, 1, 0);
    SHOW(raw(SYS_ioctl, s, 0x8906, stamp));
    printf("a time %d\n", stamp[0] > 1000000000 && stamp[1] >= 0 && stamp[1] < 1000000);
}

int main(void)
{
    enter_scratch();
    loops();
    sockets();
    leave_scratch();
    return 0;
}
