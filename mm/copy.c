/* Bounded copies between guest memory and the emulator, for system calls. */
#include "mm/space.h"

#include <string.h>

/* How many bytes from `a` (at most n) lie together in host memory and may be touched directly. */
static size_t plain_run(const struct mm *mm, gaddr a, size_t n, bool write)
{
    uint64_t end = (uint64_t)a + n, stop = a < HALF ? HALF : 2 * HALF, p = a;
    end = end < stop ? end : stop;
    while (p < end && access_plain(mm, (gaddr)p, write))
        p = (p | (GPAGE - 1)) + 1;
    return (p < end ? p : end) - a;
}

int mm_read(struct mm *mm, gaddr from, void *to, size_t n)
{
    struct mm_fault f;
    for (size_t part; n; from += (gaddr)part, to = (uint8_t *)to + part, n -= part) {
        part = plain_run(mm, from, n, false);
        if (part) {
            if (!guard_copy(to, mm_host(mm->base, from), part)) return -G_EFAULT;
            continue;
        }
        part = within_page(from, n);
        if (!access_ready(mm, from, part, false, &f) || !access_piece(mm, from, to, part, false))
            return -G_EFAULT;
    }
    return 0;
}

int mm_write(struct mm *mm, gaddr to, const void *from, size_t n)
{
    struct mm_fault f;
    trip_check(mm, to, n, true, false);
    for (size_t part; n; to += (gaddr)part, from = (const uint8_t *)from + part, n -= part) {
        part = plain_run(mm, to, n, true);
        if (part) {
            if (!guard_copy(mm_host(mm->base, to), from, part)) return -G_EFAULT;
            continue;
        }
        part = within_page(to, n);
        if (!access_ready(mm, to, part, true, &f) || !access_piece(mm, to, (void *)from, part, true))
            return -G_EFAULT;
    }
    return 0;
}

int mm_zero(struct mm *mm, gaddr to, size_t n)
{
    static const uint8_t zeros[GPAGE];
    for (size_t part; n; to += (gaddr)part, n -= part) {
        part = plain_run(mm, to, n, true);
        if (part) {
            if (!guard_zero(mm_host(mm->base, to), part)) return -G_EFAULT;
            continue;
        }
        part = within_page(to, n);
        int err = mm_write(mm, to, zeros, part);
        if (err) return err;
    }
    return 0;
}

int mm_poke(struct mm *mm, gaddr to, const void *from, size_t n)
{
    if (n == 0 || !mm_write(mm, to, from, n)) return 0;
    if ((uint64_t)to + n > UINT32_MAX) return -G_EFAULT;
    space_lock(mm);
    journal_store(mm, to, to + (gaddr)n);
    watch_report(mm, to, to + (gaddr)n);
    bool ok = access_force(mm, to, from, n);
    space_unlock(mm);
    return ok ? 0 : -G_EFAULT;
}

/* Strings are short: looks at this many bytes at a time. */
enum { STRING_PIECE = 256 };

long mm_read_string(struct mm *mm, gaddr from, char *to, size_t size)
{
    struct mm_fault f;
    for (size_t done = 0, got; done < size; done += got, from += (gaddr)got) {
        size_t part = within_page(from, size - done);
        part = part < STRING_PIECE ? part : STRING_PIECE;
        bool ok;
        if (access_plain(mm, from, false)) {
            ok = guard_copy_string(to + done, mm_host(mm->base, from), part, &got);
        } else {
            ok = access_ready(mm, from, part, false, &f) && access_piece(mm, from, to + done, part, false);
            char *end = ok ? memchr(to + done, 0, part) : NULL;
            got = end ? (size_t)(end - (to + done)) + 1 : part;
        }
        if (!ok) return -G_EFAULT;
        if (to[done + got - 1] == 0) return (long)(done + got - 1);
    }
    return -G_ENAMETOOLONG;
}

int mm_span(struct mm *mm, gaddr a, size_t *n, bool write, struct iovec iov[2])
{
    struct mm_fault f;
    size_t ok = 0;
    while (ok < *n) {
        size_t part = within_page(a + (gaddr)ok, *n - ok);
        if ((uint64_t)a + ok > UINT32_MAX || !access_ready(mm, a + (gaddr)ok, part, write, &f)) break;
        ok += part;
    }
    if (ok == 0 && *n) return -G_EFAULT;
    *n = ok;
    if (write) {
        trip_check(mm, a, ok, true, false);
        space_lock(mm);
        journal_store(mm, a, a + (gaddr)ok);
        watch_report(mm, a, a + (gaddr)ok);
        space_unlock(mm);
    }
    size_t low = plain_run(mm, a, ok, write);
    iov[0] = (struct iovec){mm_host(mm->base, a), low};
    if (low == ok) return 1;
    size_t high = plain_run(mm, a + (gaddr)low, ok - low, write);
    iov[1] = (struct iovec){mm_host(mm->base, a + (gaddr)low), high};
    return low && low + high == ok ? 2 : 0;
}
