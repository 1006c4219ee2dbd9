/* System V semaphores, message queues and shared memory: each call by its own number, and all of them behind
 * `ipc`. Identifiers, keys, commands and flags are the same on all machines; the structures are i386's 64-bit
 * forms (IPC_64), the only ones that C libraries have asked for in this century. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { G_IPC_64 = 0x100, MAX_MESSAGE = 1 << 20, MAX_SEMOPS = 1024, MAX_SEMS = 65536 };

struct guest_perm {
    int32_t key;
    uint32_t uid, gid, cuid, cgid;
    uint16_t mode, pad1, seq, pad2;
    uint32_t unused[2];
};

static_assert(sizeof(struct guest_perm) == 36, "struct ipc64_perm of i386");

static void perm_to_guest(const struct ipc_perm *h, struct guest_perm *g)
{
    *g = (struct guest_perm){.key = h->__key, .uid = h->uid, .gid = h->gid, .cuid = h->cuid, .cgid = h->cgid};
    g->mode = (uint16_t)h->mode;
    g->seq = (uint16_t)h->__seq;
}

/* What IPC_SET takes from it. */
static void perm_to_host(const struct guest_perm *g, struct ipc_perm *h)
{
    h->uid = g->uid;
    h->gid = g->gid;
    h->mode = g->mode;
}

/* --- Semaphores ---------------------------------------------------------------------------------------- */

struct guest_semid {
    struct guest_perm perm;
    uint32_t otime, otime_high, ctime, ctime_high, nsems, unused[2];
};

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
    struct seminfo *info;
};

long call_semget(struct call *c)
{
    return sys_result(semget((key_t)c->arg[0], (int)c->arg[1], (int)c->arg[2]));
}

static long sem_operate(struct call *c, gaddr ops, uint32_t n, const struct timespec *limit)
{
    struct sembuf op[MAX_SEMOPS];
    if (n < 1) return -G_EINVAL;
    if (n > MAX_SEMOPS) return -G_E2BIG;
    if (mm_read(c->mm, ops, op, n * sizeof *op)) return -G_EFAULT;
    long a[6] = {(int)c->arg[0], (long)op, n, (long)limit};
    return sys_wait(c, G_EINTR, SYS_semtimedop, a);
}

/* Time is short if it comes through `ipc`, long by the number that was made for it. */
static long sem_timed(struct call *c, bool wide)
{
    struct timespec ts;
    long r = !c->arg[3] ? 0 : wide ? time_get_spec64(c, c->arg[3], &ts) : time_get_spec32(c, c->arg[3], &ts);
    return r ? r : sem_operate(c, c->arg[1], c->arg[2], c->arg[3] ? &ts : NULL);
}

long call_semtimedop_time64(struct call *c)
{
    return sem_timed(c, true);
}

static long sem_status(struct call *c, int cmd)
{
    struct semid_ds h = {0};
    struct guest_semid g = {0};
    union semun u = {.buf = &h};
    if (cmd == IPC_SET) {
        if (mm_read(c->mm, c->arg[3], &g, sizeof g)) return -G_EFAULT;
        perm_to_host(&g.perm, &h.sem_perm);
        return sys_result(semctl((int)c->arg[0], 0, cmd, u));
    }
    long r = sys_result(semctl((int)c->arg[0], (int)c->arg[1], cmd, u));
    if (r < 0) return r;
    perm_to_guest(&h.sem_perm, &g.perm);
    g.otime = (uint32_t)h.sem_otime;
    g.otime_high = (uint32_t)((uint64_t)h.sem_otime >> 32);
    g.ctime = (uint32_t)h.sem_ctime;
    g.ctime_high = (uint32_t)((uint64_t)h.sem_ctime >> 32);
    g.nsems = (uint32_t)h.sem_nsems;
    return mm_write(c->mm, c->arg[3], &g, sizeof g) ? -G_EFAULT : r;
}

static long sem_all(struct call *c, int cmd)
{
    struct semid_ds h;
    long r = sys_result(semctl((int)c->arg[0], 0, IPC_STAT, (union semun){.buf = &h}));
    if (r < 0) return r;
    size_t n = h.sem_nsems < MAX_SEMS ? h.sem_nsems : MAX_SEMS;
    unsigned short *values = calloc(MAX_SEMS, sizeof *values); /* there may be more by now */
    if (!values) return -G_ENOMEM;
    if (cmd == SETALL && mm_read(c->mm, c->arg[3], values, n * sizeof *values)) r = -G_EFAULT;
    if (!r) r = sys_result(semctl((int)c->arg[0], 0, cmd, (union semun){.array = values}));
    if (r >= 0 && cmd == GETALL && mm_write(c->mm, c->arg[3], values, n * sizeof *values)) r = -G_EFAULT;
    free(values);
    return r;
}

long call_semctl(struct call *c)
{
    int cmd = (int)(c->arg[2] & ~(uint32_t)G_IPC_64);
    struct seminfo info;
    long r;
    switch (cmd) {
    case IPC_RMID:
    case GETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
    case SETVAL:
        return sys_result(semctl((int)c->arg[0], (int)c->arg[1], cmd, (union semun){.val = (int)c->arg[3]}));
    case IPC_SET:
    case IPC_STAT:
    case SEM_STAT: return sem_status(c, cmd);
    case GETALL:
    case SETALL: return sem_all(c, cmd);
    case IPC_INFO:
    case SEM_INFO:
        r = sys_result(semctl((int)c->arg[0], 0, cmd, (union semun){.info = &info}));
        return r >= 0 && mm_write(c->mm, c->arg[3], &info, sizeof info) ? -G_EFAULT : r;
    default: return -G_EINVAL;
    }
}

/* --- Messages ------------------------------------------------------------------------------------------ */

struct guest_msqid {
    struct guest_perm perm;
    uint32_t stime, stime_high, rtime, rtime_high, ctime, ctime_high;
    uint32_t cbytes, qnum, qbytes;
    int32_t lspid, lrpid;
    uint32_t unused[2];
};

struct host_message {
    long type;
    char text[];
};

long call_msgget(struct call *c)
{
    return sys_result(msgget((key_t)c->arg[0], (int)c->arg[1]));
}

/* What can be refused without the text is refused first. */
static long unreadable_message(const struct call *c, int32_t type)
{
    struct msginfo limits = {0};
    msgctl(0, IPC_INFO, (struct msqid_ds *)&limits);
    return c->arg[2] > (uint32_t)limits.msgmax || (int32_t)c->arg[0] < 0 || type < 1 ? -G_EINVAL : -G_EFAULT;
}

long call_msgsnd(struct call *c)
{
    int32_t type;
    uint32_t n = c->arg[2];
    if (mm_read(c->mm, c->arg[1], &type, sizeof type)) return -G_EFAULT;
    if (n > MAX_MESSAGE) return -G_EINVAL;
    struct host_message *m = malloc(sizeof *m + n);
    if (!m) return -G_ENOMEM;
    m->type = type;
    long r = mm_read(c->mm, c->arg[1] + 4, m->text, n) ? unreadable_message(c, type) : 0;
    long a[6] = {(int)c->arg[0], (long)m, n, (int)c->arg[3]};
    if (!r) r = sys_wait(c, G_EINTR, SYS_msgsnd, a);
    free(m);
    return r;
}

long call_msgrcv(struct call *c)
{
    uint32_t n = c->arg[2];
    if ((int32_t)n < 0) return -G_EINVAL;
    if (n > MAX_MESSAGE) n = MAX_MESSAGE;
    struct host_message *m = malloc(sizeof *m + n);
    if (!m) return -G_ENOMEM;
    long a[6] = {(int)c->arg[0], (long)m, n, (int32_t)c->arg[3], (int)c->arg[4]};
    long r = sys_wait(c, G_EINTR, SYS_msgrcv, a);
    int32_t type = r >= 0 ? (int32_t)m->type : 0;
    if (r >= 0 && (mm_write(c->mm, c->arg[1], &type, sizeof type) ||
                   mm_write(c->mm, c->arg[1] + 4, m->text, (size_t)r)))
        r = -G_EFAULT;
    free(m);
    return r;
}

static long message_status(struct call *c, int cmd)
{
    struct msqid_ds h = {0};
    struct guest_msqid g = {0};
    if (cmd == IPC_SET) {
        if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
        perm_to_host(&g.perm, &h.msg_perm);
        h.msg_qbytes = g.qbytes;
        return sys_result(msgctl((int)c->arg[0], cmd, &h));
    }
    long r = sys_result(msgctl((int)c->arg[0], cmd, &h));
    if (r < 0) return r;
    perm_to_guest(&h.msg_perm, &g.perm);
    g.stime = (uint32_t)h.msg_stime;
    g.rtime = (uint32_t)h.msg_rtime;
    g.ctime = (uint32_t)h.msg_ctime;
    g.cbytes = (uint32_t)h.__msg_cbytes;
    g.qnum = (uint32_t)h.msg_qnum;
    g.qbytes = (uint32_t)h.msg_qbytes;
    g.lspid = h.msg_lspid;
    g.lrpid = h.msg_lrpid;
    return mm_write(c->mm, c->arg[2], &g, sizeof g) ? -G_EFAULT : r;
}

long call_msgctl(struct call *c)
{
    int cmd = (int)(c->arg[1] & ~(uint32_t)G_IPC_64);
    struct msginfo info;
    switch (cmd) {
    case IPC_RMID: return sys_result(msgctl((int)c->arg[0], cmd, NULL));
    case IPC_SET:
    case IPC_STAT:
    case MSG_STAT: return message_status(c, cmd);
    case IPC_INFO:
    case MSG_INFO: {
        long r = sys_result(msgctl((int)c->arg[0], cmd, (struct msqid_ds *)&info));
        return r >= 0 && mm_write(c->mm, c->arg[2], &info, sizeof info) ? -G_EFAULT : r;
    }
    default: return -G_EINVAL;
    }
}

/* --- Shared memory ------------------------------------------------------------------------------------- */

struct guest_shmid {
    struct guest_perm perm;
    uint32_t segsz, atime, atime_high, dtime, dtime_high, ctime, ctime_high;
    int32_t cpid, lpid;
    uint32_t nattch, unused[2];
};

struct guest_shminfo {
    uint32_t max, min, mni, seg, all, unused[4];
};

struct guest_shm_info {
    int32_t used_ids;
    uint32_t total, resident, swapped, attempts, successes;
};

static uint32_t cut(uint64_t n)
{
    return n > INT32_MAX ? INT32_MAX : (uint32_t)n;
}

long call_shmget(struct call *c)
{
    return sys_result(shmget((key_t)c->arg[0], c->arg[1], (int)c->arg[2]));
}

struct attachment {
    int id, flags;
    size_t size;
};

/* MIPS hosts attach at multiples of 256 KiB only, but move to any page. */
static int attach(void *ctx, void *host)
{
    const struct attachment *a = ctx;
    void *p = shmat(a->id, NULL, a->flags);
    if (p == (void *)-1) return -errno_to_guest(errno);
    if (mremap(p, a->size, a->size, MREMAP_MAYMOVE | MREMAP_FIXED, host) != MAP_FAILED) return 0;
    int err = -errno_to_guest(errno);
    shmdt(p);
    return err;
}

static long shm_attach(struct call *c, int id, gaddr addr, int flags)
{
    struct shmid_ds h;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    if (addr & (GPAGE - 1) && flags & SHM_RND) addr = gpage_floor(addr);
    if (addr & (GPAGE - 1) || (!addr && flags & SHM_REMAP)) return -G_EINVAL;
    long r = sys_result(shmctl(id, IPC_STAT, &h));
    if (r < 0) return r;
    if (h.shm_segsz > UINT32_MAX - GPAGE) return -G_ENOMEM;
    struct attachment a = {id, flags & (SHM_RDONLY | SHM_EXEC), (h.shm_segsz + page - 1) & -page};
    char name[24];
    snprintf(name, sizeof name, "/SYSV%08x (deleted)", (unsigned)h.shm_perm.__key);
    int prot = flags & SHM_RDONLY ? 1 : 3; /* PROT_READ, PROT_WRITE */
    if (flags & SHM_EXEC) prot |= 4;
    return (long)mm_attach(c->mm, addr, (uint32_t)h.shm_segsz, prot, flags & SHM_REMAP, name, attach, &a);
}

long call_shmat(struct call *c)
{
    return shm_attach(c, (int)c->arg[0], c->arg[1], (int)c->arg[2]);
}

long call_shmdt(struct call *c)
{
    return mm_detach(c->mm, c->arg[0]);
}

static long segment_status(struct call *c, int cmd)
{
    struct shmid_ds h = {0};
    struct guest_shmid g = {0};
    if (cmd == IPC_SET) {
        if (mm_read(c->mm, c->arg[2], &g, sizeof g)) return -G_EFAULT;
        perm_to_host(&g.perm, &h.shm_perm);
        return sys_result(shmctl((int)c->arg[0], cmd, &h));
    }
    long r = sys_result(shmctl((int)c->arg[0], cmd, &h));
    if (r < 0) return r;
    perm_to_guest(&h.shm_perm, &g.perm);
    g.segsz = (uint32_t)h.shm_segsz;
    g.atime = (uint32_t)h.shm_atime;
    g.dtime = (uint32_t)h.shm_dtime;
    g.ctime = (uint32_t)h.shm_ctime;
    g.cpid = h.shm_cpid;
    g.lpid = h.shm_lpid;
    g.nattch = (uint32_t)h.shm_nattch;
    return mm_write(c->mm, c->arg[2], &g, sizeof g) ? -G_EFAULT : r;
}

static long segment_limits(struct call *c)
{
    struct shminfo h;
    long r = sys_result(shmctl(0, IPC_INFO, (struct shmid_ds *)&h));
    if (r < 0) return r;
    struct guest_shminfo g = {cut(h.shmmax), cut(h.shmmin), cut(h.shmmni), cut(h.shmseg), cut(h.shmall), {0}};
    return mm_write(c->mm, c->arg[2], &g, sizeof g) ? -G_EFAULT : r;
}

static long segment_use(struct call *c)
{
    struct shm_info h;
    long r = sys_result(shmctl(0, SHM_INFO, (struct shmid_ds *)&h));
    if (r < 0) return r;
    struct guest_shm_info g = {h.used_ids, cut(h.shm_tot), cut(h.shm_rss), cut(h.shm_swp), 0, 0};
    return mm_write(c->mm, c->arg[2], &g, sizeof g) ? -G_EFAULT : r;
}

long call_shmctl(struct call *c)
{
    int cmd = (int)(c->arg[1] & ~(uint32_t)G_IPC_64);
    switch (cmd) {
    case IPC_RMID:
    case SHM_LOCK:
    case SHM_UNLOCK: return sys_result(shmctl((int)c->arg[0], cmd, NULL));
    case IPC_SET:
    case IPC_STAT:
    case SHM_STAT: return segment_status(c, cmd);
    case IPC_INFO: return segment_limits(c);
    case SHM_INFO: return segment_use(c);
    default: return -G_EINVAL;
    }
}

/* --- ipc: all of them behind one number ---------------------------------------------------------------- */

enum {
    SEMOP = 1,
    SEMGET,
    SEMCTL,
    SEMTIMEDOP,
    MSGSND = 11,
    MSGRCV,
    MSGGET,
    MSGCTL,
    SHMAT = 21,
    SHMDT,
    SHMGET,
    SHMCTL
};

/* The oldest form gives buffer and type by a pointer to both. */
static long receive_by_pair(struct call *c, struct call *in, uint32_t version)
{
    uint32_t pair[2];
    in->arg[4] = c->arg[3];
    in->arg[3] = c->arg[5];
    if (version) return call_msgrcv(in);
    if (!c->arg[4]) return -G_EINVAL;
    if (mm_read(c->mm, c->arg[4], pair, sizeof pair)) return -G_EFAULT;
    in->arg[1] = pair[0];
    in->arg[3] = pair[1];
    return call_msgrcv(in);
}

static long attach_and_tell(struct call *c, uint32_t version)
{
    if (version == 1) return -G_EINVAL;
    long at = shm_attach(c, (int)c->arg[1], c->arg[4], (int)c->arg[2]);
    uint32_t told = (uint32_t)at;
    if (at < 0) return at;
    return mm_write(c->mm, c->arg[3], &told, sizeof told);
}

/* ipc(call, first, second, third, pointer, fifth) */
long call_ipc(struct call *c)
{
    uint32_t which = c->arg[0] & 0xffff, version = c->arg[0] >> 16, first = c->arg[1], second = c->arg[2];
    struct call in = *c;
    memcpy(in.arg, (uint32_t[6]){first, c->arg[4], second, c->arg[3]}, sizeof in.arg);
    switch (which) {
    case SEMOP: return sem_operate(&in, c->arg[4], second, NULL);
    case SEMTIMEDOP: in.arg[3] = c->arg[5]; return sem_timed(&in, false);
    case MSGSND: return call_msgsnd(&in);
    case MSGRCV: return receive_by_pair(c, &in, version);
    case SHMAT: return attach_and_tell(c, version);
    case SHMDT: return mm_detach(c->mm, c->arg[4]);
    default: break;
    }
    memcpy(in.arg, (uint32_t[6]){first, second, c->arg[3], 0}, sizeof in.arg);
    switch (which) {
    case SEMGET: return call_semget(&in);
    case MSGGET: return call_msgget(&in);
    case SHMGET: return call_shmget(&in);
    case SEMCTL:
        if (!c->arg[4]) return -G_EINVAL;
        return mm_read(c->mm, c->arg[4], &in.arg[3], 4) ? -G_EFAULT : call_semctl(&in);
    case MSGCTL: in.arg[2] = c->arg[4]; return call_msgctl(&in);
    case SHMCTL: in.arg[2] = c->arg[4]; return call_shmctl(&in);
    default: return -G_ENOSYS;
    }
}
