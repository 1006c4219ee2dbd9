/* Classic BPF programs as seccomp has them: which ones the kernel accepts, and what one says of a call. */
#ifndef SYSCALLS_CBPF_H
#define SYSCALLS_CBPF_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

enum { CBPF_WORDS = 16 }; /* of struct seccomp_data */

bool cbpf_valid(const struct sock_filter *f, uint32_t len);
/* `data` is struct seccomp_data as 32-bit words, the lower half of a 64-bit member first. */
uint32_t cbpf_run(const struct sock_filter *f, const uint32_t data[CBPF_WORDS]);

#endif
