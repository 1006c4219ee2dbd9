/* Requests and options that few programs make: extents of a file, a network interface's settings, partitions,
 * bridges, terminal settings of any speed, younger socket options, single directory entries, select beyond
 * the table of descriptors. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <net/if.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

static void extents(void)
{
    struct {
        struct fiemap head;
        struct fiemap_extent at[4];
    } m = {{.fm_length = ~0ull, .fm_flags = FIEMAP_FLAG_SYNC, .fm_extent_count = 4}, {{0}}};
    char data[8192] = "some";
    int fd = open("extents", O_RDWR | O_CREAT, 0600);
    if (write(fd, data, sizeof data) != sizeof data) return;
    long r = raw(SYS_ioctl, fd, 0xc020660b, &m);
    printf("fiemap %ld: %u extents, at %llu, flags %x\n", r, m.head.fm_mapped_extents,
           (unsigned long long)m.at[0].fe_logical, r ? 0 : m.at[0].fe_flags);
    m.head.fm_flags = 0x80000000;
    r = raw(SYS_ioctl, fd, 0xc020660b, &m);
    printf("fiemap %ld: unknown flags %x\n", r, m.head.fm_flags);
    m.head.fm_extent_count = ~0u;
    SHOW(raw(SYS_ioctl, fd, 0xc020660b, &m));
    SHOW(raw(SYS_ioctl, fd, 0xc020660b, 4));
    uint32_t blkpg[4] = {1, 0, 152, 4};
    SHOW(raw(SYS_ioctl, fd, 0x1269, blkpg)); /* no block device */
    close(fd);
}

static void interfaces(void)
{
    struct ifreq q = {.ifr_name = "lo"};
    struct {
        uint32_t command, data;
    } value = {10, 77}; /* ETHTOOL_GLINK */
    union {
        uint32_t command;
        char text[196];
    } info = {3}; /* ETHTOOL_GDRVINFO */
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    q.ifr_data = (char *)&value;
    long r = raw(SYS_ioctl, s, 0x8946, &q);
    printf("link %ld: %u\n", r, value.data);
    q.ifr_data = info.text;
    r = raw(SYS_ioctl, s, 0x8946, &q);
    printf("driver %ld: %s\n", r, info.text + 4);
    value.command = 0xffff;
    q.ifr_data = (char *)&value;
    SHOW(raw(SYS_ioctl, s, 0x8946, &q));
    q.ifr_data = (char *)4;
    SHOW(raw(SYS_ioctl, s, 0x8946, &q));
    uint32_t version[3] = {0}, list[3] = {1, 4, 16};
    SHOW(raw(SYS_ioctl, s, 0x8940, version));
    SHOW(raw(SYS_ioctl, s, 0x8940, list));
    SHOW(raw(SYS_ioctl, s, 0x8940, 4));
    close(s);
}

static void terminals(void)
{
    struct {
        uint32_t flags[4];
        uint8_t line, cc[19];
        uint32_t in, out;
    } t;
    int m, s, on = 1, state = 0;
    if (openpty(&m, &s, NULL, NULL, NULL)) return;
    SHOW(raw(SYS_ioctl, s, 0x802c542a, &t));
    printf("%x %x %x %x, speeds %u %u\n", t.flags[0], t.flags[1], t.flags[2], t.flags[3], t.in, t.out);
    t.flags[2] = (t.flags[2] & ~010017u) | 010000; /* BOTHER */
    t.in = t.out = 12345;
    t.cc[0] = 7;
    SHOW(raw(SYS_ioctl, s, 0x402c542b, &t));
    memset(&t, 0, sizeof t);
    SHOW(raw(SYS_ioctl, s, 0x802c542a, &t));
    printf("%x, %u %u, interrupt %d, kill %d\n", t.flags[2], t.in, t.out, t.cc[0], t.cc[3]);
    SHOW(raw(SYS_ioctl, s, 0x402c542d, 4));
    SHOW(raw(SYS_ioctl, 0, 0x802c542a, 4) < 0);
    SHOW(raw(SYS_ioctl, m, TIOCPKT, &on));
    SHOW(raw(SYS_ioctl, m, 0x80045438, &state));
    printf("packets %d\n", state);
    char got[16];
    SHOW(write(s, "text", 4));
    printf("%d bytes", (int)read(m, got, sizeof got));
    printf(", first %d\n", got[0]);
    tcflush(s, TCIOFLUSH);
    printf("%d byte", (int)read(m, got, sizeof got));
    printf(": %x\n", got[0]);
    SHOW(raw(SYS_ioctl, m, 0x40045436, 2));
    SHOW(raw(SYS_ioctl, m, 0x40045436, 999));
    close(s), close(m);
}

static void options(void)
{
    static const int all[] = {41, 45, 47, 48, 61, 62, 68, 69, 70, 72, 73, 74, 75, 76, 78};
    int s = socket(AF_INET, SOCK_STREAM, 0);
    for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
        int32_t value[16] = {-1, -1, -1, -1};
        uint32_t size = 8;
        long r = raw(365, s, SOL_SOCKET, all[i], value, &size);
        printf("option %d: %s, %u bytes %d\n", all[i], result(r), size, r ? 0 : value[0]);
        value[0] = 1;
        printf("set to 1: %s\n", result(raw(366, s, SOL_SOCKET, all[i], value, 4)));
    }
    int pair[2];
    uint32_t mine = ~0u, size = 4;
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    SHOW(raw(365, pair[0], SOL_SOCKET, 77, &mine, &size));
    printf("a pidfd %d\n", (int)raw(424, mine, 0, 0, 0)); /* pidfd_send_signal */
    close(pair[0]), close(pair[1]), close((int)mine), close(s);
}

static void entries(void)
{
    struct {
        uint32_t ino, off;
        uint16_t length;
        char name[256];
    } e;
    unsigned dots = 0, files = 0;
    int d = open(".", O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 4; i++) {
        char name[8];
        snprintf(name, sizeof name, "f%d", i);
        close(open(name, O_CREAT, 0600));
    }
    while (raw(89, d, &e, 77) == 1) {
        *(e.name[0] == '.' ? &dots : &files) += 1;
        if (strlen(e.name) != e.length) puts("wrong length");
    }
    printf("%u, %u files\n", dots, files);
    SHOW(raw(89, d, &e, 1));
    SHOW(raw(89, 77, &e, 1));
    lseek(d, 0, SEEK_SET);
    SHOW(raw(89, d, 4, 1));
    close(d);
    d = open("f0", O_RDONLY);
    SHOW(raw(89, d, &e, 1));
    close(d);
}

/* In a child, whose table is as large as it must be: this process may have inherited a larger one. */
static void beyond(void)
{
    static const int at[] = {63, 64, 127, 128, 200, 900};
    int limit = 1000, fd = open("/dev/null", O_RDONLY);
    fd_set set;
    struct timeval none = {0};
    for (unsigned i = 0; i < sizeof at / sizeof *at; i++) {
        FD_ZERO(&set);
        FD_SET(at[i], &set);
        printf("%d: %s", at[i], result(raw(SYS__newselect, limit, &set, 0, 0, &none)));
        printf(", still there %d\n", FD_ISSET(at[i], &set) != 0);
    }
    dup2(fd, 130);
    for (unsigned i = 0; i < sizeof at / sizeof *at; i++) {
        FD_ZERO(&set);
        FD_SET(at[i], &set);
        FD_SET(130, &set);
        printf("%d: %s", at[i], result(raw(SYS__newselect, limit, &set, 0, 0, &none)));
        printf(", still there %d\n", FD_ISSET(at[i], &set) != 0);
    }
    close(130), close(fd);
}

/* As the C library does it for SIGEV_THREAD: what comes out of the socket is what went in, and why. */
static void notices(void)
{
    char name[32], cookie[32] = "one of ours", got[32] = "";
    struct mq_attr attr = {.mq_maxmsg = 1, .mq_msgsize = 4};
    int s = socket(AF_NETLINK, SOCK_RAW, 0);
    uint32_t event[16] = {(uint32_t)cookie, s, SIGEV_THREAD};
    snprintf(name, sizeof name, "/tierrun-%d", getpid());
    mqd_t q = mq_open(name, O_RDWR | O_CREAT, 0600, &attr);
    SHOW(raw(SYS_mq_notify, q, event));
    SHOW(raw(SYS_mq_notify, q, event));
    mq_send(q, "x", 1, 0);
    printf("%d bytes", (int)recv(s, got, sizeof got, 0));
    printf(": %s, %d\n", got, got[31]);
    SHOW(raw(SYS_mq_notify, q, event));
    SHOW(raw(SYS_mq_notify, q, 0));
    printf("%d bytes", (int)recv(s, got, sizeof got, 0));
    printf(": %s, %d\n", got, got[31]);
    event[0] = 4;
    SHOW(raw(SYS_mq_notify, q, event));
    event[0] = (uint32_t)cookie, event[1] = 77;
    SHOW(raw(SYS_mq_notify, q, event));
    event[1] = 0;
    SHOW(raw(SYS_mq_notify, q, event) < 0);
    mq_unlink(name);
    mq_close(q), close(s);
}

static void errors(void)
{
    static char text[4] = {1};
    int queue = msgget(IPC_PRIVATE, 0600);
    SHOW(raw(SYS_futex, 16, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1));
    SHOW(raw(SYS_futex, 16, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, 1, 0, 0, 1));
    SHOW(raw(SYS_futex, 16, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, 1, 0, 0, 0));
    SHOW(raw(SYS_futex, 16, FUTEX_WAKE, 1));
    SHOW(raw(SYS_futex, 17, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1));
    SHOW(raw(400, queue >= 0 ? 0x7ffffff0 : 0, text, 1 << 19, 0)); /* msgsnd: too long before unreadable */
    SHOW(raw(400, 0x7ffffff0, 4, 1 << 19, 0));
    SHOW(raw(400, -1, text, 1 << 12, 0));
    msgctl(queue, IPC_RMID, NULL);
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    enter_scratch();
    extents();
    interfaces();
    terminals();
    options();
    entries();
    notices();
    if (!fork()) {
        beyond();
        return 0;
    }
    wait(NULL);
    errors();
    leave_scratch();
    return 0;
}
