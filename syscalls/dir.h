/* Directory positions that a 32-bit guest can hold. */
#ifndef SYSCALLS_DIR_H
#define SYSCALLS_DIR_H

#include "syscalls/sys.h"

/* lseek, with a directory's position translated. The new position or a negative guest errno. */
int64_t dir_seek(struct call *c, int fd, int64_t offset, uint32_t whence);

#endif
