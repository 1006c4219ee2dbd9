/* Mappings: results, errors and what is where. tests/mm compares random sequences with the real kernel; here
 * is what each call promises, by name. */
#include <sys/wait.h>

#include "tests/unit/mm_kit.h"

Test(mmap, chooses_addresses_downwards_from_below_the_stack)
{
    struct mm *mm = kit_new(4096);
    int64_t a = mm_mmap(mm, 0, PAGE, RW, ANON, -1, 0), b = mm_mmap(mm, 0, 3 * PAGE, RW, ANON, -1, 0);
    cr_assert(a == 0xf7ffd000, "%llx", (long long)a);
    cr_assert(b == 0xf7ffa000, "%llx", (long long)b);
    mm_free(mm);
}

Test(mmap, honours_a_free_hint_and_ignores_a_taken_one)
{
    EACH_HOST_PAGE(mm)
    {
        cr_assert(mm_mmap(mm, AT + 5, PAGE, RW, ANON, -1, 0) == AT);
        cr_assert(mm_mmap(mm, AT, PAGE, RW, ANON, -1, 0) > 0xf0000000);
        cr_assert(mm_mmap(mm, 0x1000, PAGE, RW, ANON, -1, 0) == 65536);
    }
}

Test(mmap, fails_as_linux_does)
{
    int fd = kit_file(PAGE), fds[2];
    cr_assert(pipe(fds) == 0);
    int ro = open("/proc/self/exe", O_RDONLY), wo = open("/dev/null", O_WRONLY), dir = open("/", O_RDONLY);
    EACH_HOST_PAGE(mm)
    {
        cr_expect(mm_mmap(mm, 0, 0, RW, ANON, -1, 0) == -G_EINVAL);
        cr_expect(mm_mmap(mm, 0, 0xfffff001, RW, ANON, -1, 0) == -G_ENOMEM);
        cr_expect(mm_mmap(mm, 0, 0xffffe000 + 1, RW, ANON, -1, 0) == -G_ENOMEM);
        cr_expect(mm_mmap(mm, AT + 1, PAGE, RW, ANON | GMAP_FIXED, -1, 0) == -G_EINVAL);
        cr_expect(mm_mmap(mm, 0xffffe000, PAGE, RW, ANON | GMAP_FIXED, -1, 0) == -G_ENOMEM);
        cr_expect(mm_mmap(mm, AT, PAGE, RW, GMAP_ANONYMOUS, -1, 0) == -G_EINVAL);
        cr_expect(mm_mmap(mm, AT, PAGE, RW, GMAP_PRIVATE, -1, 0) == -G_EBADF);
        cr_expect(mm_mmap(mm, AT, PAGE, RW, GMAP_PRIVATE, fd, 1) == -G_EINVAL);
        cr_expect(mm_mmap(mm, AT, PAGE, RW, GMAP_SHARED, ro, 0) == -G_EACCES);
        cr_expect(mm_mmap(mm, AT, PAGE, R, GMAP_PRIVATE, wo, 0) == -G_EACCES);
        cr_expect(mm_mmap(mm, AT, PAGE, R, GMAP_PRIVATE, fds[0], 0) == -G_ENODEV);
        cr_expect(mm_mmap(mm, AT, PAGE, R, GMAP_PRIVATE, dir, 0) == -G_ENODEV);
        cr_expect(mm_mmap(mm, AT, PAGE, R, GMAP_SHARED_VALIDATE | 0x80000, fd, 0) == -G_EOPNOTSUPP);
        cr_expect_str_eq(accesses(mm, AT, 1), ".");
    }
}

Test(mmap, fixed_noreplace_replaces_nothing)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT + PAGE, 1, R, GMAP_PRIVATE);
        cr_assert(mm_mmap(mm, AT, 3 * PAGE, RW, ANON | GMAP_FIXED_NOREPLACE, -1, 0) == -G_EEXIST);
        cr_assert_str_eq(accesses(mm, AT, 3), ".r.");
        cr_assert(mm_mmap(mm, AT, PAGE, RW, ANON | GMAP_FIXED_NOREPLACE, -1, 0) == AT);
    }
}

Test(mmap, a_private_file_ends_with_zeros_and_then_with_sigbus)
{
    int fd = kit_file(2 * PAGE + 10);
    EACH_HOST_PAGE(mm)
    {
        cr_assert(mm_mmap(mm, AT + PAGE, 4 * PAGE, RW, GMAP_PRIVATE | GMAP_FIXED, fd, PAGE) == AT + PAGE);
        cr_assert_str_eq(accesses(mm, AT, 6), ".wwbb.");
        cr_assert(byte_at(mm, AT + PAGE) == 2);
        cr_assert(byte_at(mm, AT + 2 * PAGE + 9) == 3);
        cr_assert(byte_at(mm, AT + 2 * PAGE + 10) == 0);
    }
}

Test(mmap, a_shared_file_sees_writes_both_ways_at_any_offset)
{
    int fd = kit_file(8 * PAGE);
    EACH_HOST_PAGE(mm)
    {
        uint8_t byte = 77;
        cr_assert(mm_mmap(mm, AT + PAGE, 3 * PAGE, RW, GMAP_SHARED | GMAP_FIXED, fd, 3 * PAGE) == AT + PAGE);
        cr_assert(byte_at(mm, AT + 2 * PAGE) == 5);
        cr_assert(mm_write(mm, AT + 3 * PAGE + 7, &byte, 1) == 0);
        byte = 0;
        cr_assert(pread(fd, &byte, 1, 5 * PAGE + 7) == 1 && byte == 77);
        byte = 6;
        cr_assert(pwrite(fd, &byte, 1, 5 * PAGE + 7) == 1);
        cr_assert(byte_at(mm, AT + 3 * PAGE + 7) == 6);
    }
}

Test(mmap, a_file_that_grows_fills_its_pages_beyond_the_end)
{
    EACH_HOST_PAGE(mm)
    {
        int fd = kit_file(PAGE);
        mm_mmap(mm, AT, 3 * PAGE, R, GMAP_PRIVATE | GMAP_FIXED, fd, 0);
        mm_mmap(mm, AT + 4 * PAGE, 3 * PAGE, RW, GMAP_SHARED | GMAP_FIXED, fd, 0);
        cr_assert_str_eq(accesses(mm, AT, 7), "rbb.wbb");
        cr_assert(ftruncate(fd, 2 * PAGE) == 0);
        cr_assert_str_eq(accesses(mm, AT, 7), "rrb.wwb");
        close(fd);
    }
}

Test(mmap, shared_anonymous_memory_survives_fork_shared)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT + PAGE, 5, RW, GMAP_SHARED);
        pid_t child = mm_fork(mm);
        if (child == 0) {
            uint32_t word = 4711;
            _exit(mm_write(mm, AT + 5 * PAGE, &word, 4) != 0);
        }
        int status;
        waitpid(child, &status, 0);
        uint32_t word = 0;
        cr_assert(status == 0 && mm_read(mm, AT + 5 * PAGE, &word, 4) == 0);
        cr_assert(word == 4711);
    }
}

Test(mmap, works_across_the_middle_of_the_address_space)
{
    EACH_HOST_PAGE(mm)
    {
        gaddr mid = 0x80000000;
        uint64_t value = 0x0123456789abcdef, back = 0;
        struct mm_fault f;
        cr_assert(map_at(mm, mid - 3 * PAGE, 6, RW, GMAP_PRIVATE) == mid - 3 * PAGE);
        cr_assert(mm_store(mm, mid - 3, &value, 8, &f));
        cr_assert(mm_load(mm, mid - 3, &back, 8, &f) && back == value);
        cr_assert(mm_mprotect(mm, mid - PAGE, 2 * PAGE, R) == 0);
        cr_assert_str_eq(accesses(mm, mid - 4 * PAGE, 8), ".wwrrww.");
        int64_t to = mm_mremap(mm, mid - PAGE, 2 * PAGE, 2 * PAGE, GMREMAP_MAYMOVE | GMREMAP_FIXED, AT);
        cr_assert(to == AT);
        cr_assert(mm_load(mm, AT + PAGE - 3, &back, 8, &f) && back == value);
        cr_assert(mm_munmap(mm, mid - 3 * PAGE, 6 * PAGE) == 0);
        cr_assert_str_eq(accesses(mm, mid - 4 * PAGE, 8), "........");
    }
}

Test(munmap, makes_holes_and_checks_its_range)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT, 8, RW, GMAP_PRIVATE);
        cr_assert(mm_munmap(mm, AT + 3 * PAGE, 1) == 0);
        cr_assert_str_eq(accesses(mm, AT, 8), "www.wwww");
        cr_assert(mm_munmap(mm, AT + 1, PAGE) == -G_EINVAL);
        cr_assert(mm_munmap(mm, AT, 0) == -G_EINVAL);
        cr_assert(mm_munmap(mm, AT, 0xf0000000) == -G_EINVAL);
        cr_assert(mm_munmap(mm, 0x40000000, PAGE) == 0);
    }
}

Test(mprotect, is_exact_and_writing_implies_reading)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT, 8, RW, GMAP_PRIVATE);
        cr_assert(mm_mprotect(mm, AT + PAGE, PAGE, R) == 0);
        cr_assert(mm_mprotect(mm, AT + 2 * PAGE, PAGE, 0) == 0);
        cr_assert(mm_mprotect(mm, AT + 3 * PAGE, PAGE, W) == 0);
        cr_assert(mm_mprotect(mm, AT + 4 * PAGE, PAGE, X) == 0);
        cr_assert_str_eq(accesses(mm, AT, 8), "wr-wrwww");
        cr_assert(mm_page_prot(mm, AT + 3 * PAGE) == RW);
        cr_assert(mm_page_prot(mm, AT + 4 * PAGE) == RX);
        cr_assert(mm_page_prot(mm, AT + 8 * PAGE) == -1);
    }
}

Test(mprotect, changes_what_lies_before_a_hole_and_then_fails)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT, 2, RW, GMAP_PRIVATE);
        map_at(mm, AT + 3 * PAGE, 2, RW, GMAP_PRIVATE);
        cr_assert(mm_mprotect(mm, AT, 5 * PAGE, R) == -G_ENOMEM);
        cr_assert_str_eq(accesses(mm, AT, 5), "rr.ww");
        cr_assert(mm_mprotect(mm, AT, PAGE, 64) == -G_EINVAL);
        cr_assert(mm_mprotect(mm, AT + 1, PAGE, R) == -G_EINVAL);
        cr_assert(mm_mprotect(mm, AT + 2 * PAGE, 0, R) == 0);
    }
}

Test(mprotect, cannot_make_a_read_only_file_writable)
{
    int fd = kit_file(PAGE);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int ro = open(path, O_RDONLY);
    EACH_HOST_PAGE(mm)
    {
        mm_mmap(mm, AT, PAGE, R, GMAP_SHARED | GMAP_FIXED, ro, 0);
        cr_assert(mm_mprotect(mm, AT, PAGE, RW) == -G_EACCES);
        mm_mmap(mm, AT, PAGE, R, GMAP_PRIVATE | GMAP_FIXED, ro, 0);
        cr_assert(mm_mprotect(mm, AT, PAGE, RW) == 0);
    }
}

Test(mremap, keeps_contents_whether_it_grows_shrinks_or_moves)
{
    EACH_HOST_PAGE(mm)
    {
        uint32_t word;
        map_at(mm, AT + PAGE, 9, RW, GMAP_PRIVATE);
        for (gaddr i = 0; i < 9; i++)
            cr_assert(mm_write(mm, AT + PAGE + i * PAGE, &i, 4) == 0);
        cr_assert(mm_mremap(mm, AT + PAGE, 9 * PAGE, 11 * PAGE, 0, 0) == AT + PAGE);
        map_at(mm, AT + 12 * PAGE, 1, RW, GMAP_PRIVATE);
        cr_assert(mm_munmap(mm, AT + 12 * PAGE, PAGE) == 0);
        map_at(mm, AT + 12 * PAGE, 1, R, GMAP_PRIVATE);
        cr_assert(mm_mremap(mm, AT + PAGE, 11 * PAGE, 40 * PAGE, 0, 0) == -G_ENOMEM);
        int64_t to = mm_mremap(mm, AT + PAGE, 11 * PAGE, 40 * PAGE, GMREMAP_MAYMOVE, 0);
        cr_assert(to > 0);
        for (gaddr i = 0; i < 9; i++)
            cr_assert(mm_read(mm, (gaddr)to + i * PAGE, &word, 4) == 0 && word == i);
        cr_assert_str_eq(accesses(mm, AT, 13), "............r");
        cr_assert(mm_mremap(mm, (gaddr)to, 40 * PAGE, 2 * PAGE, 0, 0) == to);
        cr_assert(mm_read(mm, (gaddr)to + PAGE, &word, 4) == 0 && word == 1);
        cr_assert(access_at(mm, (gaddr)to + 2 * PAGE) == '.');
    }
}

Test(mremap, dontunmap_leaves_zeros_behind)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT, 4, RW, GMAP_PRIVATE);
        cr_assert(mm_write(mm, AT + PAGE, "x", 1) == 0);
        int64_t to = mm_mremap(mm, AT, 4 * PAGE, 4 * PAGE, GMREMAP_MAYMOVE | GMREMAP_DONTUNMAP, 0x30000000);
        cr_assert(to == 0x30000000, "%llx", (long long)to);
        cr_assert(byte_at(mm, AT + PAGE) == 0);
        cr_assert(byte_at(mm, 0x30000000 + PAGE) == 'x');
    }
}

Test(mremap, grows_a_file_mapping_into_more_of_the_file)
{
    int fd = kit_file(8 * PAGE);
    EACH_HOST_PAGE(mm)
    {
        mm_mmap(mm, AT, 2 * PAGE, R, GMAP_PRIVATE | GMAP_FIXED, fd, PAGE);
        cr_assert(mm_mremap(mm, AT, 2 * PAGE, 5 * PAGE, 0, 0) == AT);
        cr_assert_str_eq(accesses(mm, AT, 6), "rrrrr.");
        cr_assert(byte_at(mm, AT + 4 * PAGE) == 6);
    }
}

Test(mremap, of_nothing_makes_an_alias_of_shared_memory)
{
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT, 4, RW, GMAP_SHARED);
        int64_t to = mm_mremap(mm, AT, 0, 4 * PAGE, GMREMAP_MAYMOVE, 0);
        cr_assert(to > 0);
        cr_assert(mm_write(mm, AT + 5, "y", 1) == 0);
        cr_assert(byte_at(mm, (gaddr)to + 5) == 'y');
        cr_assert(mm_mremap(mm, AT, PAGE, PAGE, 8, 0) == -G_EINVAL);
        cr_assert(mm_mremap(mm, AT + 64 * PAGE, PAGE, PAGE, 0, 0) == -G_EFAULT);
        cr_assert(mm_mremap(mm, AT, PAGE, PAGE, GMREMAP_FIXED, 0) == -G_EINVAL);
    }
}

Test(growsdown, grows_to_the_page_touched_and_keeps_its_distance)
{
    EACH_HOST_PAGE(mm)
    {
        gaddr top = AT + 0x400000;
        map_at(mm, top, 2, RW, GMAP_PRIVATE | GMAP_GROWSDOWN);
        cr_assert(access_at(mm, top - 3 * PAGE) == 'w');
        cr_assert(mm_page_prot(mm, top - 4 * PAGE) == -1);
        map_at(mm, AT, 1, RW, GMAP_PRIVATE);
        cr_assert(access_at(mm, AT + PAGE + 256 * PAGE) == 'w');
        cr_assert(access_at(mm, AT + PAGE + 255 * PAGE) == '.');
    }
}

Test(madvise, dontneed_gives_fresh_pages)
{
    int fd = kit_file(4 * PAGE);
    EACH_HOST_PAGE(mm)
    {
        map_at(mm, AT, 4, RW, GMAP_PRIVATE);
        mm_mmap(mm, AT + 4 * PAGE, 4 * PAGE, RW, GMAP_PRIVATE | GMAP_FIXED, fd, 0);
        for (gaddr i = 0; i < 8; i++)
            cr_assert(mm_write(mm, AT + i * PAGE, "z", 1) == 0);
        cr_assert(mm_madvise(mm, AT + PAGE, 5 * PAGE, 4) == 0);
        const uint8_t want[] = {'z', 0, 0, 0, 1, 2, 'z', 'z'};
        for (gaddr i = 0; i < 8; i++)
            cr_expect(byte_at(mm, AT + i * PAGE) == want[i], "page %u", i);
        cr_assert(mm_madvise(mm, AT, 9 * PAGE, 4) == -G_ENOMEM);
        cr_assert(mm_madvise(mm, AT + 1, PAGE, 4) == -G_EINVAL);
        cr_assert(mm_madvise(mm, AT, PAGE, 99) == -G_EINVAL);
    }
}

Test(mincore, tells_mapped_from_unmapped)
{
    EACH_HOST_PAGE(mm)
    {
        uint8_t vec[2];
        map_at(mm, AT, 2, RW, GMAP_PRIVATE);
        cr_assert(mm_zero(mm, AT, 2 * PAGE) == 0);
        cr_assert(mm_mincore(mm, AT, 2 * PAGE, AT + 16) == 0);
        cr_assert(mm_read(mm, AT + 16, vec, 2) == 0 && vec[0] == 1 && vec[1] == 1);
        cr_assert(mm_mincore(mm, AT, 3 * PAGE, AT + 16) == -G_ENOMEM);
        cr_assert(mm_mincore(mm, AT, PAGE, AT + 8 * PAGE) == -G_EFAULT);
    }
}

Test(maps, prints_what_proc_prints)
{
    struct mm *mm = kit_new(4096);
    char text[512] = "";
    map_at(mm, AT, 2, RW, GMAP_PRIVATE);
    map_at(mm, AT + 2 * PAGE, 1, RW, GMAP_PRIVATE);
    mm_mprotect(mm, AT + PAGE, PAGE, R);
    FILE *out = fmemopen(text, sizeof text, "w");
    mm_print_maps(mm, NULL, out);
    fclose(out);
    cr_assert_str_eq(text, "10000000-10001000 rw-p 00000000 00:00 0 \n"
                           "10001000-10002000 r--p 00000000 00:00 0 \n"
                           "10002000-10003000 rw-p 00000000 00:00 0 \n");
    gaddr start, end;
    uint64_t offset;
    cr_assert(mm_mapping_at(mm, AT + PAGE + 5, &start, &end, &offset) && start == AT + PAGE);
    cr_assert(!mm_mapping_at(mm, AT - 1, &start, &end, &offset));
    mm_free(mm);
}
