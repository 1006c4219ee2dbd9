/* A seeded sequence of memory operations, written once and performed by two programs: by native.c with the
 * real kernel as a 32-bit x86 process, and by model.c with mm. Both print what they see; nothing may differ.
 * All constants are the i386 ones. */
#ifndef TESTS_MM_OPS_H
#define TESTS_MM_OPS_H

#include <stdbool.h>
#include <stdint.h>

enum { PAGE = 4096, ARENA_PAGES = 64, FILES = 4 };
#define ARENA     0x20000000u
#define ARENA_END (ARENA + ARENA_PAGES * PAGE)

/* How one access ended. */
enum ended { DONE, UNMAPPED, FORBIDDEN, BEYOND_FILE };

/* What the two programs provide: results as the system call's (negative errno on failure). */
int64_t sys_mmap(uint32_t addr, uint32_t len, int prot, int flags, int file, uint64_t offset);
int64_t sys_munmap(uint32_t addr, uint32_t len);
int64_t sys_mprotect(uint32_t addr, uint32_t len, int prot);
int64_t sys_mremap(uint32_t old, uint32_t old_len, uint32_t new_len, int flags, uint32_t to);
int64_t sys_madvise(uint32_t addr, uint32_t len, int advice);
int64_t sys_msync(uint32_t addr, uint32_t len, int flags);
int64_t sys_brk(uint32_t addr);
enum ended load(uint32_t addr, void *to, unsigned n, uint32_t *at); /* *at: the faulting address */
enum ended store(uint32_t addr, const void *from, unsigned n, uint32_t *at);
int file_fd(int file);
int resize_file(int file, int64_t size);

/* What a mode leaves out. "fixed": operations that leave the kernel the choice of an address, and files that
 * are mapped shared as well as privately. "unaliased": mremap of nothing, which makes a second mapping of
 * shared memory and which qemu-user refuses. "free": nothing. */
void run_ops(uint32_t seed, int count, const char *mode);

/* Opens the files of a run in the current directory: 0 and 1 the same short one, read-write and read-only;
 * 2 a longer one; 3 /dev/zero. */
void open_files(int fd[FILES]);

#endif
