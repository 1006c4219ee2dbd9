/* The few system calls that the runner needs, without a C library. */
#ifndef TESTS_INSN_GUEST_SYSTEM_H
#define TESTS_INSN_GUEST_SYSTEM_H

#include <signal.h>
#include <stdint.h>

void *sys_map_file(const char *path); /* private, readable; 0 on failure */
int sys_create(const char *path);
void sys_write(int fd, const void *from, uint32_t n);

void sys_map(uint32_t at, uint32_t size);
void sys_protect(uint32_t at, uint32_t size, int prot);
void sys_place_code(uint32_t at, const void *from, uint32_t size); /* read and execute */

void sys_catch(int signo, void (*handler)(int, siginfo_t *, void *)); /* on sys_catch_faults()'s stack */
void sys_alarm(uint32_t microseconds); /* SIGVTALRM each time it has run so long; 0: never */
void sys_catch_faults(void (*handler)(int, siginfo_t *, void *)); /* on a stack of its own */
void sys_set_thread_area(void *descriptor);
void sys_write_ldt(void *descriptor);

#endif
