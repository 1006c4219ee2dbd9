/* vfork: a child that has its parent's memory, while the parent's thread waits, until it calls exec or ends.
 * Owns that wait, and what comes back: the child is a copy (fork) that tells the parent what it changes in
 * memory, mappings at once and bytes at exec and at its end (mm/journal.c). Nothing else is shared, so a
 * child that is killed anywhere leaves no lock or half-made table behind. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "syscalls/vfork.h"

struct message {
    struct mm_change change;
    uint8_t bytes[MM_CHANGE_BYTES];
};
union fd_room {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

/* To the parent; if that is gone, to nobody. */
static void tell(void *ctx, const struct mm_change *change, const void *bytes, int fd)
{
    struct process *p = ctx;
    struct iovec iov[2] = {{(void *)change, sizeof *change}, {(void *)bytes, change->n}};
    struct msghdr m = {.msg_iov = iov, .msg_iovlen = change->n ? 2 : 1};
    union fd_room room;
    if (fd >= 0) {
        memset(&room, 0, sizeof room);
        m.msg_control = &room;
        m.msg_controllen = sizeof room;
        struct cmsghdr *h = CMSG_FIRSTHDR(&m);
        *h = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(h), &fd, sizeof fd);
    }
    while (sendmsg(p->lender, &m, MSG_NOSIGNAL) < 0 && errno == EINTR)
        continue;
}

/* The next message's size and descriptor; 0: the child needs the memory no more. */
static ssize_t hear(int from, struct message *out, int *fd)
{
    struct iovec iov = {out, sizeof *out};
    union fd_room room;
    struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &room};
    ssize_t n;
    do {
        m.msg_controllen = sizeof room;
        n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    *fd = -1;
    struct cmsghdr *h = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (h && h->cmsg_type == SCM_RIGHTS) memcpy(fd, CMSG_DATA(h), sizeof *fd);
    return n;
}

static void wait_for_child(struct sys *s, int from)
{
    struct message *m = malloc(sizeof *m);
    ssize_t n;
    int fd;
    turn_give(&s->p->turn);
    while (m && (n = hear(from, m, &fd)) > 0) {
        turn_take(&s->p->turn, s->cpu);
        bool whole = (size_t)n >= sizeof m->change && m->change.n == (size_t)n - sizeof m->change;
        if (whole) mm_journal_apply(s->mm, &m->change, m->bytes, fd);
        if (fd >= 0) close(fd);
        turn_give(&s->p->turn);
    }
    turn_take(&s->p->turn, s->cpu);
    free(m);
}

long vfork_begin(struct sys *s, int ends[2])
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends)) return -errno_to_guest(errno);
    for (int i = 0; i < 2; i++) {
        int high = sys_hide_fd(s, ends[i]);
        if (high >= 0) ends[i] = high;
    }
    return 0;
}

void vfork_in_child(struct sys *s, const int ends[2], bool shares)
{
    close(ends[0]);
    s->p->lender = ends[1];
    s->p->lends = shares && mm_journal_begin(s->mm, tell, s->p);
}

void vfork_in_parent(struct sys *s, const int ends[2], bool made)
{
    int saved = errno;
    close(ends[1]);
    if (made) wait_for_child(s, ends[0]);
    close(ends[0]);
    errno = saved;
}

void vfork_give_back(struct sys *s)
{
    if (s->p->lends) mm_journal_tell(s->mm);
}

void vfork_forked(struct sys *s)
{
    if (s->p->lender >= 0) close(s->p->lender);
    s->p->lender = -1;
    s->p->lends = false;
}
