/* System V semaphores, messages and shared memory, by `ipc` and by the numbers of their own. */
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <time.h>

#include "tests/guest/sys/raw.h"

enum {
    PAGE = 4096,
    SEMGET = 393,
    SEMCTL,
    SHMGET,
    SHMCTL,
    SHMAT,
    SHMDT,
    MSGGET,
    MSGSND,
    MSGRCV,
    MSGCTL,
    SEMTIMED = 420
};

static void semaphores(void)
{
    int id = semget(IPC_PRIVATE, 3, 0600);
    unsigned short values[3] = {4, 5, 6};
    struct semid_ds ds;
    struct timespec soon = {0, 2000000};
    struct sembuf take = {0, -4, 0}, more = {0, -1, 0}, now = {0, -1, IPC_NOWAIT},
                  many[2] = {{1, -1, 0}, {2, 2, SEM_UNDO}};
    printf("setall %d\n", semctl(id, 0, SETALL, values));
    printf("take %d", semop(id, &take, 1));
    printf(", more at once %d", semop(id, &now, 1));
    printf(" (%s)", strerror(errno));
    printf(", more in time %d", semtimedop(id, &more, 1, &soon));
    printf(" (%s)\n", strerror(errno));
    printf("two %d\n", semop(id, many, 2));
    memset(values, 0, sizeof values);
    printf("getall %d", semctl(id, 0, GETALL, values));
    printf(": %d %d %d\n", values[0], values[1], values[2]);
    printf("stat %d", semctl(id, 0, IPC_STAT, &ds));
    printf(": %lu, mode %o, changed %d\n", ds.sem_nsems, ds.sem_perm.mode, ds.sem_ctime != 0);
    printf("setval %d", semctl(id, 1, SETVAL, 7));
    printf(", getval %d, pid is ours %d\n", semctl(id, 1, GETVAL), semctl(id, 1, GETPID) == getpid());
    SHOW(raw(SEMCTL, id, 1, GETVAL, 0));
    SHOW(raw(SEMCTL, id, 0, GETALL, 4));
    SHOW(raw(SEMCTL, id, 9, GETVAL, 0));
    SHOW(raw(SEMTIMED, id, 4, 1, 0));
    SHOW(raw(SEMTIMED, id, &more, 0, 0));
    SHOW(raw(SEMTIMED, id, &more, 2000, 0));
    pid_t child = fork();
    if (!child) {
        more.sem_num = 0;
        semop(id, &more, 1); /* waits for the parent */
        _exit(5);
    }
    struct sembuf give = {0, 1, 0};
    int status;
    semop(id, &give, 1);
    waitpid(child, &status, 0);
    printf("child %d, left %d\n", WEXITSTATUS(status), semctl(id, 0, GETVAL));
    printf("remove %d", semctl(id, 0, IPC_RMID));
    printf(", then %d\n", semctl(id, 0, GETVAL));
    SHOW(raw(SYS_ipc, 3, id, 0, GETVAL, 0));
    SHOW(raw(SYS_ipc, 99, 0, 0, 0, 0));
}

static void messages(void)
{
    struct {
        long type;
        char text[100];
    } m = {.type = 3, .text = "hello"}, got;
    struct msqid_ds ds;
    int id = msgget(IPC_PRIVATE, 0600);
    printf("send %d", msgsnd(id, &m, 6, 0));
    m.type = 5;
    printf(" %d\n", msgsnd(id, &m, 0, 0));
    printf("stat %d", msgctl(id, IPC_STAT, &ds));
    printf(": %lu messages, %lu bytes\n", ds.msg_qnum, ds.__msg_cbytes);
    memset(&got, 0, sizeof got);
    printf("receive 5: %d", (int)msgrcv(id, &got, 50, 5, 0));
    printf(", type %ld\n", got.type);
    printf("too small: %d", (int)msgrcv(id, &got, 2, 0, 0));
    printf(" (%s)\n", strerror(errno));
    printf("cut: %d", (int)msgrcv(id, &got, 2, 0, MSG_NOERROR));
    printf(", type %ld, %.2s\n", got.type, got.text);
    printf("none: %d", (int)msgrcv(id, &got, 50, 0, IPC_NOWAIT));
    printf(" (%s)\n", strerror(errno));
    m.type = 0;
    printf("type 0: %d", msgsnd(id, &m, 1, 0));
    printf(" (%s)\n", strerror(errno));
    SHOW(raw(MSGSND, id, 4, 1, 0));
    SHOW(raw(MSGSND, id, &m, -1, 0));
    SHOW(raw(MSGRCV, id, &m, -1, 0, 0));
    ds.msg_qbytes = 1000;
    printf("set %d, ", msgctl(id, IPC_SET, &ds));
    printf("stat %d", msgctl(id, IPC_STAT, &ds));
    printf(": %lu\n", ds.msg_qbytes);
    printf("remove %d\n", msgctl(id, IPC_RMID, NULL));
}

static void segments(void)
{
    struct shmid_ds ds;
    int id = shmget(IPC_PRIVATE, 5 * PAGE + 5, IPC_CREAT | 0600);
    char *a = shmat(id, NULL, 0), *b = shmat(id, NULL, SHM_RDONLY);
    strcpy(a, "shared");
    printf("%s, %d\n", b, a != b);
    printf("stat %d", shmctl(id, IPC_STAT, &ds));
    printf(": %lu bytes, %lu times\n", (unsigned long)ds.shm_segsz, (unsigned long)ds.shm_nattch);
    pid_t child = fork();
    if (!child) {
        strcpy(a + 4 * PAGE, "by the child");
        _exit(0);
    }
    waitpid(child, NULL, 0);
    printf("%s\n", b + 4 * PAGE);
    child = fork();
    if (!child) {
        b[0] = 1;
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    printf("read-only: signal %d\n", WTERMSIG(status));
    SHOW(raw(SHMAT, id, a + 1, 0));
    SHOW(raw(SHMAT, id, 0, SHM_REMAP));
    SHOW(raw(SHMAT, -1, 0, 0));
    printf("detach %d", shmdt(b));
    printf(", again %d", shmdt(b));
    printf(" (%s)\n", strerror(errno));
    char *hole = mmap(NULL, 64 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *at = (char *)(((unsigned long)hole + 16 * PAGE - 1) & -(16ul * PAGE));
    printf("taken: %d\n", shmat(id, at, 0) == (void *)-1);
    printf("remap: %d", shmat(id, at, SHM_REMAP) == at);
    printf(", %s\n", at);
    printf("rounded down: %d\n", shmat(id, at + 32 * PAGE + 5, SHM_REMAP | SHM_RND) == at + 32 * PAGE);
    munmap(at, PAGE);
    printf("the rest: %s", at + 4 * PAGE);
    printf(", detach %d\n", shmdt(at));
    printf("remove %d\n", shmctl(id, IPC_RMID, NULL));
    printf("stat %d", shmctl(id, IPC_STAT, &ds));
    printf(": %lu times\n", (unsigned long)ds.shm_nattch);
    printf("detach %d, ", shmdt(a));
    printf("%s\n", at + 36 * PAGE);
    printf("last %d", shmdt(at + 32 * PAGE));
    printf(", stat %d", shmctl(id, IPC_STAT, &ds));
    printf(" (%s)\n", strerror(errno));
    SHOW(raw(SHMGET, 0x1234567, 0, 0));
}

int main(void)
{
    setvbuf(stdout, NULL, _IONBF, 0);
    semaphores();
    messages();
    segments();
    return 0;
}
