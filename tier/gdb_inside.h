/* What the files of the debugger's server share. Not for others; gdb.h is. */
#ifndef TIER_GDB_INSIDE_H
#define TIER_GDB_INSIDE_H

#include <pthread.h>

#include "tier/gdb.h"
#include "tier/vm.h"

/* --- gdb_line.c: packets on a connection --------------------------------------------------------------- */

enum { GDB_PACKET = 16384 }; /* bytes of the longest packet, as it is sent */
enum gdb_line_event { GDB_LINE_CLOSED = -1, GDB_LINE_INTERRUPT = -2 };

struct gdb_line {
    int fd; /* -1: closed */
    bool no_ack;
    size_t at, n; /* of `raw` */
    uint8_t raw[4096];
    char packet[GDB_PACKET + 1];
    size_t sent_length;
    char sent[GDB_PACKET + 8];
};

/* The length of the next packet, in line->packet with a NUL behind it; or an event. */
int gdb_line_get(struct gdb_line *line);
bool gdb_line_waits(const struct gdb_line *line); /* bytes have been read and not been looked at */
void gdb_line_close(struct gdb_line *line);

/* A reply under construction. What does not fit is dropped. */
struct gdb_reply {
    size_t n;
    char text[GDB_PACKET];
};
void gdb_put(struct gdb_reply *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void gdb_put_hex(struct gdb_reply *r, const void *bytes, size_t n);
/* With protocol characters escaped; returns how many bytes of it fitted. */
size_t gdb_put_binary(struct gdb_reply *r, const void *bytes, size_t n);
size_t gdb_room(const struct gdb_reply *r);
void gdb_line_send(struct gdb_line *line, const struct gdb_reply *r);

/* Reading packets: each takes from *at what it understands. */
bool gdb_get_number(const char **at, uint64_t *out); /* hexadecimal */
bool gdb_get_address(const char **at, gaddr *out);
bool gdb_get_char(const char **at, char c);
bool gdb_get_word(const char **at, const char *word);
size_t gdb_get_bytes(const char **at, uint8_t *out, size_t max); /* pairs of digits; how many bytes */
size_t gdb_unescape(char *bytes, size_t n);

/* --- the server ---------------------------------------------------------------------------------------- */

enum { GDB_POINTS = 128, GDB_SIGNALS = 65, GDB_FILES = 256, GDB_CALL_NUMBERS = 512 };

/* A breakpoint (type '0' or '1') or a watchpoint ('2' store, '3' load, '4' either). */
struct gdb_point {
    char type;
    gaddr at;
    uint32_t length;
    bool wanted, set; /* by the debugger; in the guest */
};

struct gdb {
    struct vm *vm;
    struct process *process;
    struct cpu *name;    /* for the turn */
    const char *program; /* absolute path */
    const char *sysroot; /* NULL: none */
    int listener, bell;  /* bell: an eventfd, rung when a thread has stopped or the guest ended */
    char *socket;        /* a file to be removed; NULL */
    pid_t pid;
    struct gdb_line line; /* of the server's thread */
    struct gdb_reply reply;

    pthread_t server;
    pthread_mutex_t lock; /* of the following */
    pthread_cond_t go, told;
    volatile bool stopping; /* no thread goes on */
    volatile bool gone;     /* there is no debugger any more */
    bool ended, end_told;   /* the guest has, and it is told */
    char end_type;          /* W or X */
    int end_status;

    /* With the turn. */
    struct vthread *threads;
    uint32_t general, current; /* the threads that Hg named and that stopped last */
    enum gdb_order others;     /* the order of threads that begin */
    bool resumed;
    struct gdb_stop last;
    struct gdb_point point[GDB_POINTS];
    unsigned points;
    bool pass[GDB_SIGNALS];                    /* by the guest's number: signals that do not stop it */
    bool catch_all, catches[GDB_CALL_NUMBERS]; /* system calls that stop it */
    bool swbreak, no_resumed;
    char *file[GDB_FILES]; /* what the debugger has open */
};

/* gdb.c */
struct vthread *gdb_thread(const struct gdb *g, uint32_t tid); /* NULL: there is none */
void gdb_detach(struct gdb *g);                                /* the guest goes on by itself */

/* gdb_guest.c */
void gdb_ring(struct gdb *g);
int gdb_on_signal(void *vm, struct cpu *cpu, int signo, const uint8_t siginfo[SYS_SIGINFO]);
void gdb_on_trip(void *vm, gaddr from, size_t n, bool write, bool by_insn);

/* gdb_packet.c: answers one packet in g->reply. */
enum gdb_done { GDB_REPLY, GDB_SILENT, GDB_KILLED };
enum gdb_done gdb_packet(struct gdb *g, char *packet, size_t n);
void gdb_put_stop(struct gdb *g);
void gdb_error(struct gdb *g, int number);

/* gdb_points.c */
bool gdb_point_change(struct gdb *g, const char *packet);
void gdb_points_apply(struct gdb *g); /* the guest gets what the debugger wants */
void gdb_points_clear(struct gdb *g);
const struct gdb_point *gdb_point_at(const struct gdb *g, gaddr from, size_t n, bool write);

/* gdb_registers.c */
unsigned gdb_registers(void); /* how many the guest's CPU has; they are numbered from 0 */
void gdb_put_register(struct gdb_reply *r, const struct cpu *cpu, unsigned number);
bool gdb_set_register(struct cpu *cpu, unsigned number, const char **hex);
const char *gdb_target_xml(void);

/* gdb_signals.c: the protocol's numbers, which are no system's. */
int gdb_signal_number(int guest_signo);
int gdb_signal_from(uint64_t number); /* the guest's; 0: it has none */

/* gdb_query.c: q and Q packets; gdb_file.c: vFile; gdb_libraries.c: the dynamic linker's list as XML. */
void gdb_query(struct gdb *g, const char *packet);
void gdb_set(struct gdb *g, const char *packet);
void gdb_file(struct gdb *g, const char *packet);
size_t gdb_libraries(struct gdb *g, char *out, size_t size); /* as snprintf */

#endif
