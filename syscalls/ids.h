/* 16-bit user and group numbers of the oldest calls. */
#ifndef SYSCALLS_IDS_H
#define SYSCALLS_IDS_H

#include <stdint.h>

/* Numbers that do not fit show as the overflow number, 65534 (high2lowuid). */
static inline uint16_t ids_to_16(uint32_t id)
{
    return id > 0xffff ? 65534 : (uint16_t)id;
}

/* -1 means "leave as it is" in both widths (low2highuid). */
static inline uint32_t ids_from_16(uint32_t id)
{
    return (id & 0xffff) == 0xffff ? UINT32_MAX : id & 0xffff;
}

#endif
