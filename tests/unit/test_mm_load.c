/* Loading: hand-made ELF files, good and bad; the initial stack; scripts; the sysroot. */
#include <elf.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "tests/unit/mm_kit.h"

enum { IMAGE = 5 * PAGE, MAX_SEGMENTS = 8 };

/* A small i386 program as a file image; tests change its headers before it is written out. */
struct program {
    uint8_t bytes[IMAGE];
    Elf32_Ehdr h;
    Elf32_Phdr p[MAX_SEGMENTS];
    char path[32];
};

/* Text at 0x08048000; data at 0x0804a000 + 0x234, 0x300 bytes in the file and 0x2800 in memory. */
static struct program good_program(void)
{
    struct program g = {.path = "/tmp/tierrun-unit-XXXXXX"};
    memset(g.bytes, 0xcc, sizeof g.bytes);
    memcpy(g.h.e_ident, ELFMAG, SELFMAG);
    g.h.e_ident[EI_CLASS] = ELFCLASS32;
    g.h.e_ident[EI_DATA] = ELFDATA2LSB;
    g.h.e_ident[EI_VERSION] = EV_CURRENT;
    g.h.e_type = ET_EXEC;
    g.h.e_machine = EM_386;
    g.h.e_version = EV_CURRENT;
    g.h.e_entry = 0x08048100;
    g.h.e_phoff = sizeof g.h;
    g.h.e_ehsize = sizeof g.h;
    g.h.e_phentsize = sizeof g.p[0];
    g.h.e_phnum = 3;
    g.p[0] = (Elf32_Phdr){PT_LOAD, 0, 0x08048000, 0, PAGE + 8, PAGE + 8, PF_R | PF_X, PAGE};
    g.p[1] = (Elf32_Phdr){PT_LOAD, 2 * PAGE + 0x234, 0x0804a234, 0, 0x300, 0x2800, PF_R | PF_W, PAGE};
    g.p[2] = (Elf32_Phdr){.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W};
    return g;
}

static void write_out(struct program *g)
{
    int fd = mkstemp(g->path);
    cr_assert(fd >= 0);
    memcpy(g->bytes, &g->h, sizeof g->h);
    memcpy(g->bytes + sizeof g->h, g->p, sizeof g->p);
    cr_assert(write(fd, g->bytes, sizeof g->bytes) == sizeof g->bytes);
    close(fd);
}

static enum mm_load_status load(struct mm *mm, struct program *g, struct mm_image *img, char why[512])
{
    write_out(g);
    enum mm_load_status status = mm_load_elf(mm, g->path, NULL, img, why, 512);
    unlink(g->path);
    return status;
}

Test(elf, zeroes_bss_to_the_byte_and_keeps_what_the_file_has)
{
    EACH_HOST_PAGE(mm)
    {
        struct program g = good_program();
        struct mm_image img;
        char why[512];
        cr_assert(load(mm, &g, &img, why) == MM_LOAD_OK, "%s", why);
        cr_assert(img.entry == 0x08048100 && img.phnum == 3 && img.bias == 0 && !img.interp_base);
        cr_assert(img.phdr == 0x08048000 + sizeof g.h);
        cr_assert(!img.exec_stack && !img.read_implies_exec);
        cr_assert_str_eq(accesses(mm, 0x08047000, 7), ".rrwww.");
        cr_assert(byte_at(mm, 0x08049fff) == 0xcc,
                  "no memory beyond the file's part: the page is the file's");
        cr_assert(byte_at(mm, 0x0804a534 - 1) == 0xcc && byte_at(mm, 0x0804a534) == 0);
        cr_assert(byte_at(mm, 0x0804a000) == 0xcc && byte_at(mm, 0x0804cfff) == 0);
        cr_assert(mm_page_prot(mm, 0x08048000) == RX && mm_page_prot(mm, 0x0804a000) == RW);
    }
}

Test(elf, keeps_what_the_file_has_behind_a_segment_that_is_not_written)
{
    struct mm *mm = kit_new(0);
    struct program g = good_program();
    struct mm_image img;
    char why[512];
    g.p[0].p_filesz = 0x200;
    cr_assert(load(mm, &g, &img, why) == MM_LOAD_OK, "%s", why);
    cr_assert(byte_at(mm, 0x080481ff) == 0xcc && byte_at(mm, 0x08048200) == 0xcc);
    cr_assert(byte_at(mm, 0x08049000) == 0, "the next page is not the file's");
    mm_free(mm);
}

Test(elf, without_gnu_stack_makes_what_is_readable_executable)
{
    struct mm *mm = kit_new(0);
    struct program g = good_program();
    struct mm_image img;
    char why[512];
    g.h.e_phnum = 2;
    cr_assert(load(mm, &g, &img, why) == MM_LOAD_OK, "%s", why);
    cr_assert(img.exec_stack && img.read_implies_exec);
    cr_assert(mm_page_prot(mm, 0x0804a000) == (RW | X) && mm_page_prot(mm, 0x0804c000) == (RW | X));
    cr_assert(map_at(mm, AT, 1, R, GMAP_PRIVATE) == AT && mm_page_prot(mm, AT) == RX);
    mm_free(mm);
}

Test(elf, position_independent_programs_go_where_the_kernel_puts_them)
{
    EACH_HOST_PAGE(mm)
    {
        struct program g = good_program();
        struct mm_image img;
        char why[512];
        g.h.e_type = ET_DYN;
        g.h.e_entry = 0x100;
        g.p[0].p_vaddr = 0;
        g.p[1].p_vaddr = 0x2234;
        cr_assert(load(mm, &g, &img, why) == MM_LOAD_OK, "%s", why);
        cr_assert(img.bias > 0xf0000000 && img.entry == img.bias + 0x100, "%#x", img.bias);
        cr_assert(byte_at(mm, img.bias + 0x2534) == 0 && byte_at(mm, img.bias + 0x2533) == 0xcc);
        cr_assert(mm_brk(mm, 0) == 0x56555000);
    }
}

Test(elf, aligns_programs_and_keeps_what_is_there)
{
    struct mm *mm = kit_new(0);
    struct program g = good_program(), same = good_program();
    struct mm_image img;
    char why[512];
    g.h.e_type = ET_DYN;
    g.p[1].p_align = 1 << 24;
    cr_assert(load(mm, &g, &img, why) == MM_LOAD_OK, "%s", why);
    cr_assert((img.bias + 0x08048000) % (1 << 24) == 0, "%#x", img.bias);
    same.h.e_phnum = 4;
    struct program interp = good_program();
    write_out(&interp);
    same.p[3] =
        (Elf32_Phdr){.p_type = PT_INTERP, .p_offset = 4000, .p_filesz = (uint32_t)strlen(interp.path) + 1};
    memcpy(same.bytes + 4000, interp.path, same.p[3].p_filesz);
    cr_assert(load(mm, &same, &img, why) == MM_LOAD_NO_MEMORY, "an interpreter where the program is");
    cr_assert(strstr(why, "cannot be had"), "%s", why);
    unlink(interp.path);
    mm_free(mm);
}

Test(brk, moves_both_ways_and_stops_at_a_mapping)
{
    EACH_HOST_PAGE(mm)
    {
        struct program g = good_program();
        struct mm_image img;
        char why[512];
        cr_assert(load(mm, &g, &img, why) == MM_LOAD_OK, "%s", why);
        gaddr start = mm_brk(mm, 0);
        cr_assert(start == 0x0804d000);
        cr_assert(mm_brk(mm, start + 10) == start + 10);
        cr_assert_str_eq(accesses(mm, start, 2), "w.");
        cr_assert(mm_write(mm, start, "x", 1) == 0);
        cr_assert(mm_brk(mm, start + 5 * PAGE) == start + 5 * PAGE);
        cr_assert_str_eq(accesses(mm, start, 6), "wwwww.");
        cr_assert(byte_at(mm, start) == 'x');
        cr_assert(mm_brk(mm, start - 1) == start + 5 * PAGE);
        cr_assert(mm_brk(mm, start) == start && mm_brk(mm, start + PAGE) == start + PAGE);
        cr_assert(byte_at(mm, start) == 0);
        map_at(mm, start + 4 * PAGE, 1, RW, GMAP_PRIVATE);
        cr_assert(mm_brk(mm, start + 4 * PAGE) == start + PAGE, "a page stays free before the next mapping");
        cr_assert(mm_brk(mm, start + 3 * PAGE) == start + 3 * PAGE);
    }
}

/* Each row spoils the good program in one way; the sentence must hold the words. */
static void refused(const char *words, void (*spoil)(struct program *g))
{
    struct mm *mm = kit_new(0);
    struct program g = good_program();
    struct mm_image img;
    char why[512] = "";
    spoil(&g);
    enum mm_load_status status = load(mm, &g, &img, why);
    cr_expect(status == MM_LOAD_NOT_EXEC || status == MM_LOAD_NO_MEMORY, "accepted, but should be: %s",
              words);
    cr_expect(strstr(why, words), "\"%s\" is not in \"%s\"", words, why);
    mm_free(mm);
}

// clang-format off
static void other_machine(struct program *g) { g->h.e_machine = EM_MIPS; }
static void big_endian(struct program *g)    { g->h.e_ident[EI_DATA] = ELFDATA2MSB; g->h.e_machine = EM_PPC << 8; }
static void wide(struct program *g)          { g->h.e_ident[EI_CLASS] = ELFCLASS64; g->h.e_machine = EM_X86_64; }
static void unknown(struct program *g)       { g->h.e_machine = 0x4242; }
static void no_magic(struct program *g)      { g->h.e_ident[1] = 'e'; }
static void relocatable(struct program *g)   { g->h.e_type = ET_REL; }
static void odd_phdrs(struct program *g)     { g->h.e_phentsize = 40; }
static void no_phdrs(struct program *g)      { g->h.e_phnum = 0; }
static void phdrs_outside(struct program *g) { g->h.e_phoff = 0x7fffffff; }
static void no_load(struct program *g)       { g->p[0].p_type = g->p[1].p_type = PT_NOTE; }
static void overlap(struct program *g)       { g->p[1].p_vaddr = 0x08049004; g->p[1].p_offset = PAGE + 4; }
static void backwards(struct program *g)     { g->h.e_type = ET_DYN; g->p[1].p_vaddr = 0x08046234; }
static void no_bytes(struct program *g)      { g->h.e_type = ET_DYN; g->p[0].p_filesz = 0; }
static void odd_class(struct program *g)     { g->h.e_ident[EI_CLASS] = 7; }
static void too_high(struct program *g)      { g->p[1].p_memsz = 0xfffffff0; }
static void shrunk(struct program *g)        { g->p[1].p_memsz = 1; }
static void without(struct program *g)       { g->p[1].p_memsz = 0; }
static void misfit(struct program *g)        { g->p[1].p_offset++; }
static void cut_off(struct program *g)       { g->p[1].p_offset += 16 * PAGE; }
static void bad_interp(struct program *g)    { g->p[2] = (Elf32_Phdr){.p_type = PT_INTERP, .p_filesz = 5}; }
// clang-format on

Test(elf, refuses_what_it_cannot_run_and_says_why)
{
    refused("a program for MIPS (32-bit)", other_machine);
    refused("a program for PowerPC (32-bit, big-endian)", big_endian);
    refused("a program for x86-64 (64-bit)", wide);
    refused("machine number 16962", unknown);
    refused("not an ELF program", no_magic);
    refused("not an executable", relocatable);
    refused("program headers of 40 bytes", odd_phdrs);
    refused("number of program headers", no_phdrs);
    refused("broken ELF header", phdrs_outside);
    refused("no segment to load", no_load);
    refused("segments 0 and 1 overlap", overlap);
    refused("segment 1 lies below segment 0", backwards);
    refused("nothing of it is in the file", no_bytes);
    refused("class 7, byte order 1, version 1 in an i386 program", odd_class);
    refused("beyond the end of the address space", too_high);
    refused("larger in the file than in memory", shrunk);
    refused("larger in the file than in memory", without);
    refused("does not fit address", misfit);
    refused("truncated", cut_off);
    refused("broken PT_INTERP", bad_interp);
}

Test(elf, names_what_is_not_there)
{
    struct mm *mm = kit_new(0);
    struct mm_image img;
    char why[512];
    cr_assert(mm_load_elf(mm, "/nonexistent/x", NULL, &img, why, 512) == MM_LOAD_NOT_FOUND);
    cr_assert_str_eq(why, "/nonexistent/x: no such program");
    cr_assert(mm_load_elf(mm, "/", NULL, &img, why, 512) == MM_LOAD_NOT_EXEC);
    cr_assert_str_eq(why, "/: not a program but a directory");
    struct program g = good_program();
    g.h.e_phnum = 4;
    g.p[3] = (Elf32_Phdr){.p_type = PT_INTERP, .p_offset = 4000, .p_filesz = 21};
    strcpy((char *)g.bytes + 4000, "/lib/ld-missing.so.9");
    cr_assert(load(mm, &g, &img, why) == MM_LOAD_NOT_FOUND);
    cr_assert(strstr(why, "/lib/ld-missing.so.9") && strstr(why, "-L DIR"), "%s", why);
    mm_free(mm);
}

static uint32_t word_at(struct mm *mm, gaddr a)
{
    uint32_t w = 0;
    cr_assert(mm_read(mm, a, &w, 4) == 0);
    return w;
}

static uint32_t aux_value(struct mm *mm, gaddr aux, uint32_t type)
{
    for (; word_at(mm, aux); aux += 8)
        if (word_at(mm, aux) == type) return word_at(mm, aux + 4);
    return 0xdead;
}

static void string_is(struct mm *mm, gaddr a, const char *want)
{
    char got[64];
    cr_assert(mm_read_string(mm, a, got, sizeof got) >= 0);
    cr_assert_str_eq(got, want);
}

Test(stack, is_laid_out_as_the_kernel_does)
{
    EACH_HOST_PAGE(mm)
    {
        char *argv[] = {"prog", "", "two", NULL}, *envp[] = {"A=1", "B=2", NULL}, why[512];
        struct mm_stack_info info = {.argv = argv, .envp = envp, .execfn = "/bin/prog"};
        struct mm_image img = {
            .entry = 1, .exec_entry = 0x1234, .phdr = 0x5678, .phnum = 9, .interp_base = 0x77};
        info.platform = "i686";
        info.hwcap = 0xabcd;
        memcpy(info.random, "0123456789abcdef", 16);
        gaddr sp = mm_setup_stack(mm, &img, &info, why, sizeof why);
        cr_assert(sp && sp % 16 == 0, "%s", why);
        cr_assert(word_at(mm, sp) == 3 && word_at(mm, sp + 16) == 0 && word_at(mm, sp + 28) == 0);
        string_is(mm, word_at(mm, sp + 4), "prog");
        string_is(mm, word_at(mm, sp + 8), "");
        string_is(mm, word_at(mm, sp + 12), "two");
        string_is(mm, word_at(mm, sp + 24), "B=2");
        gaddr aux = sp + 32;
        string_is(mm, aux_value(mm, aux, AT_EXECFN), "/bin/prog");
        string_is(mm, aux_value(mm, aux, AT_PLATFORM), "i686");
        cr_assert(byte_at(mm, aux_value(mm, aux, AT_RANDOM) + 15) == 'f');
        cr_assert(aux_value(mm, aux, AT_PAGESZ) == 4096 && aux_value(mm, aux, AT_PHENT) == 32);
        cr_assert(aux_value(mm, aux, AT_ENTRY) == 0x1234 && aux_value(mm, aux, AT_PHDR) == 0x5678);
        cr_assert(aux_value(mm, aux, AT_PHNUM) == 9 && aux_value(mm, aux, AT_BASE) == 0x77);
        cr_assert(aux_value(mm, aux, AT_HWCAP) == 0xabcd && aux_value(mm, aux, AT_UID) == getuid());
        cr_assert(aux_value(mm, aux, AT_SYSINFO_EHDR) == 0xdead, "there is no vDSO");
        struct mm_areas areas;
        mm_areas(mm, &areas);
        cr_assert(areas.arg_start == word_at(mm, sp + 4) && areas.arg_end - areas.arg_start == 10);
        cr_assert(areas.env_start == areas.arg_end && areas.env_end - areas.env_start == 8);
        gaddr top = 0xffffe000 & ~(mm_host_page(mm) - 1); /* in a host page of its own */
        cr_assert(access_at(mm, top - 1) == 'w' && access_at(mm, top) == '.');
        cr_assert(mm_page_prot(mm, mm_sigreturn_addr(mm)) == RX);
        cr_assert(word_at(mm, mm_sigreturn_addr(mm)) == 0x0077b858);
        cr_assert(word_at(mm, mm_rt_sigreturn_addr(mm)) == 0x0000adb8);
    }
}

Test(stack, grows_to_its_limit_and_no_further)
{
    const char *why;
    char *none[] = {NULL}, text[512];
    struct mm *mm = mm_new(&(struct mm_options){.stack_size = 1 << 20}, &why);
    struct mm_stack_info info = {.argv = none, .envp = none, .execfn = "x", .platform = "i686"};
    struct mm_image img = {0};
    cr_assert(mm_setup_stack(mm, &img, &info, text, sizeof text));
    cr_assert(access_at(mm, 0xffffe000 - (1 << 20)) == 'w');
    cr_assert(access_at(mm, 0xffffe000 - (1 << 20) - 1) == '.');
    mm_set_stack_limit(mm, 2 << 20);
    cr_assert(access_at(mm, 0xffffe000 - (1 << 20) - 1) == 'w');
    mm_free(mm);
}

Test(stack, refuses_arguments_that_do_not_fit)
{
    struct mm *mm = kit_new(0);
    char *argv[1026], *envp[] = {NULL}, why[512], *big = malloc(8001);
    memset(big, 'x', 8000);
    big[8000] = 0;
    for (int i = 0; i < 1025; i++)
        argv[i] = big;
    argv[1025] = NULL;
    struct mm_stack_info info = {.argv = argv, .envp = envp, .execfn = "x", .platform = "i686"};
    struct mm_image img = {0};
    cr_assert(mm_setup_stack(mm, &img, &info, why, sizeof why) == 0);
    cr_assert(strstr(why, "argument list too long"));
    free(big);
    mm_free(mm);
}

static void script(const char *text, size_t n, int status, const char *interp, const char *arg)
{
    char path[] = "/tmp/tierrun-unit-XXXXXX";
    int fd = mkstemp(path);
    struct mm_script s;
    cr_assert(write(fd, text, n) == (ssize_t)n);
    close(fd);
    int got = mm_script(path, &s);
    unlink(path);
    cr_expect(got == status, "%.40s: %d", text, got);
    if (got != 1) return;
    cr_expect_str_eq(s.interp, interp);
    cr_expect_str_eq(s.arg, arg);
}

Test(script, lines_are_read_as_the_kernel_reads_them)
{
#define SCRIPT(text, ...) script(text, sizeof text - 1, __VA_ARGS__)
    char longer[300];
    SCRIPT("#!/bin/sh\necho", 1, "/bin/sh", "");
    SCRIPT("#! \t/bin/sh  -e -x \t\n", 1, "/bin/sh", "-e -x");
    SCRIPT("#!/bin/sh", 1, "/bin/sh", "");
    SCRIPT("#!/bin/sh -c", 1, "/bin/sh", "-c");
    SCRIPT("#!\n", -G_ENOEXEC, "", "");
    SCRIPT("#!   \n", -G_ENOEXEC, "", "");
    SCRIPT("#", 0, "", "");
    SCRIPT("", 0, "", "");
    SCRIPT("\177ELF", 0, "", "");
    memset(longer, 'a', sizeof longer);
    memcpy(longer, "#!/", 3);
    script(longer, sizeof longer, -G_ENOEXEC, "", "");
    longer[100] = ' ';
    char arg[155];
    memset(arg, 'a', 154);
    arg[154] = 0;
    char interp[99] = "";
    memcpy(interp, longer + 2, 98);
    script(longer, sizeof longer, 1, interp, arg);
    struct mm_script s;
    cr_assert(mm_script("/nonexistent/script", &s) == -G_ENOENT);
}

static void leads(const char *root, const char *guest, bool follow, const char *to)
{
    char out[4096], want[4096];
    (follow ? mm_sysroot_path : mm_sysroot_link)(root, guest, out, sizeof out);
    snprintf(want, sizeof want, "%s%s", to[0] == '-' ? "" : root, to[0] == '-' ? to + 1 : to);
    cr_assert_str_eq(out, want, "%s leads to %s, not %s", guest, out, want);
}

Test(sysroot, links_on_the_way_stay_inside)
{
    char root[] = "/tmp/tierrun-unit-XXXXXX", script[1024];
    cr_assert(mkdtemp(root));
    snprintf(
        script, sizeof script,
        "cd %s && mkdir -p usr/lib/deep && echo >usr/lib/file && ln -s /usr/lib lib && ln -s usr/lib rel &&"
        "ln -s ../../../../usr/lib/file usr/lib/deep/up && ln -s /lib/deep/up chain && ln -s /loop loop &&"
        "ln -s /nowhere gone && mkdir proc sys",
        root);
    cr_assert(system(script) == 0);
    leads(root, "/lib/file", true, "/usr/lib/file");
    leads(root, "/rel/file", true, "/usr/lib/file");
    leads(root, "/chain", true, "/usr/lib/file");
    leads(root, "/chain", false, "/chain");
    leads(root, "/lib/deep/up", false, "/usr/lib/deep/up");
    leads(root, "/lib/", false, "/usr/lib");
    leads(root, "/lib", false, "/lib");
    leads(root, "/../../lib/./deep/../file", true, "/usr/lib/file");
    leads(root, "/usr/lib/file/..", true, "-/usr/lib/file/..");
    leads(root, "/loop", true, "-/loop");
    leads(root, "/gone", true, "-/gone");
    leads(root, "/", true, "/");
    leads(root, "/usr/lib/deep/new", true, "/usr/lib/deep/new"); /* the host has no such folder */
    leads(root, "/lib/deep/new/", true, "/usr/lib/deep/new");
    leads(root, "/usr/lib/deep/new/x", true, "-/usr/lib/deep/new/x");
    leads(root, "/usr/lib/new", true, "-/usr/lib/new");
    leads(root, "/new", false, "-/new");
    leads(root, "/proc", true, "-/proc");
    leads(root, "/sys/", true, "-/sys/");
    leads(root, "/proc/self/maps", true, "-/proc/self/maps");
    cr_assert_str_eq(mm_guest_path(root, "/usr/x"), "/usr/x");
    snprintf(script, sizeof script, "%s/usr/x", root);
    cr_assert_str_eq(mm_guest_path(root, script), "/usr/x");
    cr_assert_str_eq(mm_guest_path("", script), script);
    snprintf(script, sizeof script, "rm -rf %s", root);
    cr_assert(system(script) == 0);
    leads(root, "/", true, "-/"); /* as after a chroot */
    leads(root, "/..", true, "-/..");
}

Test(sysroot, is_looked_into_first_and_absolute_links_stay_inside)
{
    char root[] = "/tmp/tierrun-unit-XXXXXX", path[256], out[4096];
    cr_assert(mkdtemp(root));
    snprintf(path, sizeof path, "%s/lib", root);
    cr_assert(mkdir(path, 0700) == 0);
    snprintf(path, sizeof path, "%s/lib/real.so", root);
    close(open(path, O_CREAT | O_WRONLY, 0600));
    mm_sysroot_path(root, "/lib/real.so", out, sizeof out);
    cr_assert_str_eq(out, path);
    char link[256];
    snprintf(link, sizeof link, "%s/lib/abs.so", root);
    cr_assert(symlink("/lib/real.so", link) == 0);
    mm_sysroot_path(root, "/lib/abs.so", out, sizeof out);
    cr_assert_str_eq(out, path);
    unlink(link);
    cr_assert(symlink("/lib/abs.so", link) == 0);
    mm_sysroot_path(root, "/lib/abs.so", out, sizeof out);
    cr_assert_str_eq(out, "/lib/abs.so", "a link to itself");
    mm_sysroot_path("/nonexistent", "/", out, sizeof out);
    cr_assert_str_eq(out, "/", "no such sysroot");
    unlink(link);
    mm_sysroot_path(root, "/lib/missing.so", out, sizeof out);
    cr_assert_str_eq(out, "/lib/missing.so");
    snprintf(link, sizeof link, "%s/tmp", root);
    cr_assert(mkdir(link, 0700) == 0);
    mm_sysroot_path(root, "/tmp", out, sizeof out);
    cr_assert_str_eq(out, "/tmp", "a mount point is the host's");
    rmdir(link);
    mm_sysroot_path(NULL, "/lib/real.so", out, sizeof out);
    cr_assert_str_eq(out, "/lib/real.so");
    unlink(path);
    snprintf(path, sizeof path, "%s/lib", root);
    rmdir(path);
    rmdir(root);
}
