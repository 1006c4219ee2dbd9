/* The watch on code pages: every way to change them is reported before it happens. */
#include "tests/unit/mm_kit.h"

struct log {
    struct mm *mm;
    gaddr from;
    uint32_t len;
    int calls;
    bool unwatch;
};

static void on_change(void *ctx, gaddr from, uint32_t len)
{
    struct log *log = ctx;
    log->from = from;
    log->len = len;
    log->calls++;
    if (log->unwatch) mm_unwatch(log->mm, from, len);
}

static struct log start(struct mm *mm, int prot)
{
    map_at(mm, AT, 16, prot, GMAP_PRIVATE); /* a whole host page of 64 KiB */
    mm_watch(mm, AT + 2 * PAGE + 100, 50);
    return (struct log){.mm = mm};
}

Test(watch, reports_the_bytes_of_a_store_and_keeps_watching)
{
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        struct log log = start(mm, RW | X);
        mm_set_watcher(mm, on_change, &log);
        cr_assert(mm_is_watched(mm, AT + 2 * PAGE) && !mm_is_watched(mm, AT + PAGE));
        cr_assert(mm_store(mm, AT + 2 * PAGE + 7, "abcd", 4, &f));
        cr_assert(log.calls == 1 && log.from == AT + 2 * PAGE + 7 && log.len == 4);
        cr_assert(byte_at(mm, AT + 2 * PAGE + 8) == 'b');
        cr_assert(mm_store(mm, AT + 2 * PAGE - 2, "abcd", 4, &f));
        cr_assert(log.calls == 2 && log.from == AT + 2 * PAGE && log.len == 2);
        cr_assert(mm_store(mm, AT + PAGE, "abcd", 4, &f) && mm_store(mm, AT + 3 * PAGE, "abcd", 4, &f));
        cr_assert(log.calls == 2);
    }
}

Test(watch, makes_the_host_page_read_only_until_it_is_unwatched)
{
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        struct log log = start(mm, RW | X);
        struct iovec iov[2];
        size_t n = 8;
        log.unwatch = false;
        mm_set_watcher(mm, on_change, &log);
        cr_assert(mm_span(mm, AT + 2 * PAGE, &n, true, iov) == 0, "still watched: bounce");
        cr_assert(log.calls == 1);
        log.unwatch = true;
        cr_assert(mm_store(mm, AT + 2 * PAGE, "x", 1, &f));
        cr_assert(log.calls == 2 && !mm_is_watched(mm, AT + 2 * PAGE));
        cr_assert(mm_span(mm, AT, &n, true, iov) == 1);
        *(volatile char *)mm_host(mm_base(mm), AT + 2 * PAGE) = 'y';
        cr_assert(byte_at(mm, AT + 2 * PAGE) == 'y' && log.calls == 2);
    }
}

Test(watch, makes_the_guests_own_stores_fault, .signal = SIGSEGV)
{
    struct mm *mm = kit_new(0);
    struct log log = start(mm, RW | X);
    mm_set_watcher(mm, on_change, &log);
    *(volatile char *)mm_host(mm_base(mm), AT + 2 * PAGE) =
        'y'; /* not in a copy of mm: the handler lets us die */
}

Test(watch, hears_of_copies_unmapping_protection_and_remapping)
{
    EACH_HOST_PAGE(mm)
    {
        struct log log = start(mm, RW | X);
        mm_set_watcher(mm, on_change, &log);
        cr_assert(mm_write(mm, AT, "0123456789", 10) == 0 && log.calls == 0);
        static char big[8 * PAGE];
        cr_assert(mm_write(mm, AT, big, sizeof big) == 0);
        cr_assert(log.calls == 1 && log.from == AT + 2 * PAGE && log.len == PAGE);
        cr_assert(mm_zero(mm, AT, 8 * PAGE) == 0 && log.calls == 2);
        cr_assert(mm_mprotect(mm, AT, 8 * PAGE, R) == 0 && log.calls == 3);
        cr_assert(mm_mprotect(mm, AT, 8 * PAGE, RW) == 0 && mm_is_watched(mm, AT + 2 * PAGE));
        cr_assert(mm_madvise(mm, AT, 8 * PAGE, 4) == 0);
        mm_watch(mm, AT + 2 * PAGE, 1);
        log.calls = 0;
        cr_assert(map_at(mm, AT, 4, RW, GMAP_PRIVATE) == AT && log.calls == 1);
        cr_assert(!mm_is_watched(mm, AT + 2 * PAGE));
        mm_watch(mm, AT + 2 * PAGE, 1);
        cr_assert(mm_mremap(mm, AT + 2 * PAGE, PAGE, PAGE, 3, 0x30000000) == 0x30000000 && log.calls == 2);
        mm_watch(mm, 0x30000000, 1);
        cr_assert(mm_munmap(mm, 0x30000000, PAGE) == 0 && log.calls == 3);
    }
}

Test(watch, ignores_stores_that_are_forbidden)
{
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        struct log log = start(mm, RX);
        mm_set_watcher(mm, on_change, &log);
        cr_assert(!mm_store(mm, AT + 2 * PAGE, "x", 1, &f) && f.present);
        cr_assert(mm_write(mm, AT + 2 * PAGE, "x", 1) == -G_EFAULT);
        cr_assert(log.calls == 0);
    }
}
