/* Checked accesses, bounded copies and spans. */
#include <sys/mman.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include "tests/unit/mm_kit.h"

static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";

Test(load, reaches_any_alignment_and_crosses_pages)
{
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        map_at(mm, AT, 2, RW, GMAP_PRIVATE);
        for (unsigned n = 1; n <= 16; n++)
            for (unsigned back = 0; back <= n; back++) {
                char got[16] = "";
                cr_assert(mm_store(mm, AT + PAGE - back, alphabet, n, &f));
                cr_assert(mm_load(mm, AT + PAGE - back, got, n, &f));
                cr_assert(memcmp(got, alphabet, n) == 0);
            }
    }
}

Test(load, names_the_first_byte_that_is_out_of_reach)
{
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        uint8_t b[16];
        map_at(mm, AT, 1, RW, GMAP_PRIVATE);
        cr_assert(!mm_load(mm, AT + PAGE - 3, b, 8, &f));
        cr_assert(f.addr == AT + PAGE && !f.write && !f.present && !f.bus);
        cr_assert(!mm_load(mm, AT - 3, b, 8, &f));
        cr_assert(f.addr == AT - 3);
        map_at(mm, AT + PAGE, 1, R, GMAP_PRIVATE);
        cr_assert(!mm_store(mm, AT + PAGE - 3, b, 8, &f));
        cr_assert(f.addr == AT + PAGE && f.write && f.present && !f.bus);
        cr_assert(!mm_load(mm, 0xfffffffe, b, 8, &f));
    }
}

Test(store, across_pages_is_done_wholly_or_not_at_all)
{
    int fd = kit_file(PAGE);
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        map_at(mm, AT, 1, RW, GMAP_PRIVATE);
        cr_assert(!mm_store(mm, AT + PAGE - 2, alphabet, 4, &f));
        cr_assert(byte_at(mm, AT + PAGE - 2) == 0);
        mm_mmap(mm, AT, 2 * PAGE, RW, GMAP_SHARED | GMAP_FIXED, fd, 0);
        cr_assert(!mm_store(mm, AT + PAGE - 2, alphabet, 4, &f));
        cr_assert(f.bus && f.addr == AT + PAGE);
        cr_assert(byte_at(mm, AT + PAGE - 2) == 1);
    }
}

Test(load, survives_a_file_that_is_truncated_under_it)
{
    int fd = kit_file(PAGE);
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        uint32_t word;
        cr_assert(ftruncate(fd, 65536) == 0);
        mm_mmap(mm, AT, 65536, RW, GMAP_SHARED | GMAP_FIXED, fd, 0);
        cr_assert(mm_load(mm, AT + 4 * PAGE, &word, 4, &f));
        cr_assert(ftruncate(fd, 0) == 0);
        cr_assert(!mm_load(mm, AT + 4 * PAGE, &word, 4, &f));
        cr_assert(f.bus && f.addr == AT + 4 * PAGE);
        cr_assert(!mm_store(mm, AT + 4 * PAGE, &word, 4, &f) && f.bus && f.write);
        cr_assert(mm_read(mm, AT + 4 * PAGE, &word, 4) == -G_EFAULT);
        cr_assert(mm_write(mm, AT + 4 * PAGE, &word, 4) == -G_EFAULT);
    }
}

Test(fetch, stops_at_what_is_not_executable)
{
    EACH_HOST_PAGE(mm)
    {
        struct mm_fault f;
        uint8_t b[16];
        map_at(mm, AT, 3, RW | X, GMAP_PRIVATE);
        cr_assert(mm_write(mm, AT + PAGE - 8, alphabet, 16) == 0);
        cr_assert(mm_fetch(mm, AT + PAGE - 8, b, 16, &f) == 16 && memcmp(b, alphabet, 16) == 0);
        mm_mprotect(mm, AT + PAGE, PAGE, R);
        cr_assert(mm_fetch(mm, AT + PAGE - 8, b, 16, &f) == 8);
        cr_assert(f.addr == AT + PAGE && f.present && !f.write);
        cr_assert(mm_fetch(mm, AT + 3 * PAGE - 1, b, 16, &f) == 1);
        cr_assert(f.addr == AT + 3 * PAGE && !f.present);
        mm_mprotect(mm, AT, PAGE, X);
        cr_assert(mm_fetch(mm, AT + PAGE - 8, b, 8, &f) == 8);
    }
}

Test(copies, fail_at_the_first_page_that_is_forbidden)
{
    EACH_HOST_PAGE(mm)
    {
        static char big[40 * PAGE], back[40 * PAGE];
        memset(big, 7, sizeof big);
        map_at(mm, AT, 40, RW, GMAP_PRIVATE);
        cr_assert(mm_write(mm, AT + 5, big, 39 * PAGE) == 0);
        cr_assert(mm_read(mm, AT + 5, back, 39 * PAGE) == 0 && memcmp(big, back, 39 * PAGE) == 0);
        mm_mprotect(mm, AT + 3 * PAGE, PAGE, R);
        cr_assert(mm_read(mm, AT + 5, back, 39 * PAGE) == 0 && memcmp(big, back, 39 * PAGE) == 0);
        cr_assert(mm_write(mm, AT + 5, big, 39 * PAGE) == -G_EFAULT);
        cr_assert(mm_zero(mm, AT, 3 * PAGE) == 0 && byte_at(mm, AT + 3 * PAGE - 1) == 0);
        cr_assert(byte_at(mm, AT + 3 * PAGE) == 7);
        cr_assert(mm_read(mm, 0xfffffff0, back, 64) == -G_EFAULT);
    }
}

Test(strings, end_at_their_nul_wherever_it_is)
{
    EACH_HOST_PAGE(mm)
    {
        char out[8192];
        map_at(mm, AT, 2, RW, GMAP_PRIVATE);
        for (gaddr i = 0; i < 1000; i++)
            cr_assert(mm_write(mm, AT + 2 * PAGE - 1000 + i, "s", 1) == 0);
        cr_assert(mm_read_string(mm, AT + 2 * PAGE - 1000, out, sizeof out) == -G_EFAULT);
        cr_assert(mm_write(mm, AT + 2 * PAGE - 1, "", 1) == 0);
        cr_assert(mm_read_string(mm, AT + 2 * PAGE - 1000, out, sizeof out) == 999);
        cr_assert(strlen(out) == 999);
        cr_assert(mm_read_string(mm, AT + 2 * PAGE - 1000, out, 1000) == 999);
        cr_assert(mm_read_string(mm, AT + 2 * PAGE - 1000, out, 999) == -G_ENAMETOOLONG);
        mm_mprotect(mm, AT, PAGE, 0);
        cr_assert(mm_read_string(mm, AT + 2 * PAGE - 10, out, sizeof out) == 9);
        cr_assert(mm_read_string(mm, AT, out, sizeof out) == -G_EFAULT);
    }
}

Test(span, gives_host_memory_for_plain_ranges)
{
    EACH_HOST_PAGE(mm)
    {
        struct iovec iov[2];
        size_t n = 20 * PAGE;
        map_at(mm, AT, 16, RW, GMAP_PRIVATE);
        cr_assert(mm_span(mm, AT + 1, &n, true, iov) == 1);
        cr_assert(n == 16 * PAGE - 1 && iov[0].iov_len == n &&
                  iov[0].iov_base == mm_host(mm_base(mm), AT + 1));
        n = 4;
        cr_assert(mm_span(mm, AT - 1, &n, false, iov) == -G_EFAULT);
        map_at(mm, 0x7fff0000, 32, RW, GMAP_PRIVATE);
        n = 0x20000;
        cr_assert(mm_span(mm, 0x7fff0000, &n, true, iov) == 2);
        cr_assert(iov[0].iov_len == 0x10000 && iov[1].iov_len == 0x10000);
        cr_assert(iov[1].iov_base == mm_host(mm_base(mm), 0x80000000));
    }
}

Test(span, asks_for_a_copy_where_the_host_cannot_reach)
{
    struct mm *mm = kit_new(16384);
    struct iovec iov[2];
    int fd = kit_file(8 * PAGE);
    mm_mmap(mm, AT + PAGE, 2 * PAGE, RW, GMAP_SHARED | GMAP_FIXED, fd, 0);
    size_t n = 100;
    cr_assert(mm_span(mm, AT + PAGE + 5, &n, true, iov) == 0 && n == 100);
    n = 3 * PAGE;
    cr_assert(mm_span(mm, AT + PAGE, &n, false, iov) == 0 && n == 2 * PAGE);
    n = 100;
    cr_assert(mm_span(mm, AT, &n, false, iov) == -G_EFAULT);
    n = 0;
    cr_assert(mm_span(mm, AT, &n, false, iov) == 1 && iov[0].iov_len == 0);
    mm_free(mm);
}

static uint8_t host_byte(struct mm *mm, gaddr a)
{
    return *(volatile uint8_t *)mm_host(mm_base(mm), a);
}

Test(mixed, host_pages_hold_what_is_stored_whatever_becomes_of_them)
{
    struct mm *mm = kit_new(16384);
    struct mm_fault f;
    for (int round = 0; round < 3; round++) {
        map_at(mm, AT, 8, RW, GMAP_PRIVATE);
        cr_assert(mm_write(mm, AT + 2 * PAGE, "old", 3) == 0);
        cr_assert(mm_mprotect(mm, AT + PAGE, PAGE, R) == 0);
        cr_assert(mm_store(mm, AT + 5, "n", 1, &f));
        cr_assert(host_byte(mm, AT + 5) == 'n' && host_byte(mm, AT + 2 * PAGE) == 'o');
        cr_assert(!mm_store(mm, AT + PAGE, "n", 1, &f) && f.present);
        if (round == 0) cr_assert(mm_mprotect(mm, AT, 4 * PAGE, RW) == 0);
        if (round == 0) cr_assert(mm_store(mm, AT + PAGE, "p", 1, &f) && host_byte(mm, AT + PAGE) == 'p');
        if (round == 1)
            cr_assert(mm_mremap(mm, AT, 4 * PAGE, 4 * PAGE, 3, AT + 16 * PAGE) == -G_EFAULT, "two mappings");
        if (round == 1) cr_assert(mm_mremap(mm, AT, PAGE, PAGE, 3, AT + 16 * PAGE) == AT + 16 * PAGE);
        if (round == 1) cr_assert(byte_at(mm, AT + 16 * PAGE + 5) == 'n');
        if (round == 2) cr_assert(byte_at(mm, AT + 2 * PAGE) == 'o' && byte_at(mm, AT + 5) == 'n');
    }
    mm_free(mm);
}

Test(mixed, host_pages_are_not_shared_with_a_child)
{
    struct mm *mm = kit_new(16384);
    struct mm_fault f;
    map_at(mm, AT, 4, RW, GMAP_PRIVATE);
    mm_mprotect(mm, AT + PAGE, PAGE, R);
    cr_assert(mm_store(mm, AT, "p", 1, &f));
    pid_t child = mm_fork(mm);
    if (child == 0) {
        bool ok = byte_at(mm, AT) == 'p' && mm_store(mm, AT, "c", 1, &f) && byte_at(mm, AT) == 'c';
        _exit(ok ? 0 : 1);
    }
    int status;
    cr_assert(waitpid(child, &status, 0) == child && status == 0);
    cr_assert(byte_at(mm, AT) == 'p');
    cr_assert(mm_store(mm, AT, "q", 1, &f) && host_byte(mm, AT) == 'q');
    mm_free(mm);
}

Test(window, guest_addresses_of_host_faults)
{
    EACH_HOST_PAGE(mm)
    {
        gaddr a;
        uint8_t *base = mm_base(mm);
        cr_assert(mm_guest_of_sig(mm, mm_host(base, 0xdeadbeef), &a) && a == 0xdeadbeef);
        cr_assert(mm_guest_of_sig(mm, (uint8_t *)mm_host(base, 0x7fffffff) + 1, &a) && a == 0x80000000);
        cr_assert(!mm_guest_of_sig(mm, &a, &a));
        cr_assert(mm_host_page(mm) == page_);
    }
}

Test(window, refuses_impossible_page_sizes)
{
    const char *why = NULL;
    cr_assert(!mm_new(&(struct mm_options){.host_page = 12345}, &why) && why);
    cr_assert(!mm_new(&(struct mm_options){.host_page = 2048}, &why));
    cr_assert(!mm_new(&(struct mm_options){.host_page = 1 << 20}, &why));
}

Test(descriptors, that_are_kept_are_out_of_the_way)
{
    struct mm *mm = kit_new(16384);
    int fd = kit_file(8 * PAGE), kept = 0;
    mm_mmap(mm, AT + PAGE, 2 * PAGE, RW, GMAP_SHARED | GMAP_FIXED, fd, 0);
    mm_mmap(mm, AT + 8 * PAGE, 2 * PAGE, RW, GMAP_SHARED | GMAP_FIXED, fd, 0);
    for (int i = 0; i < 2000; i++)
        if (mm_owns_fd(mm, i)) {
            kept++;
            cr_assert(i >= 700 && fcntl(i, F_GETFD) == FD_CLOEXEC);
        }
    cr_assert(kept == 1);
    mm_munmap(mm, AT, 16 * PAGE);
    cr_assert(!mm_owns_fd(mm, 700));
    mm_free(mm);
}
