/* process_vm_readv, process_vm_writev and process_madvise on the own process: ranges of different lengths,
 * holes, bad arguments. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096 };

static char *pages;

static void show(const char *what, ssize_t n)
{
    unsigned sum = 0;
    for (int k = 0; k < 2 * PAGE; k++)
        sum = sum * 31 + (unsigned char)pages[k];
    printf("%s: %zd %s sum %08x\n", what, n, n < 0 ? strerror(errno) : "", sum);
}

int main(void)
{
    pages = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) return 99;
    munmap(pages + 2 * PAGE, PAGE);
    mprotect(pages + 3 * PAGE, PAGE, PROT_READ);
    char text[6000];
    for (unsigned k = 0; k < sizeof text; k++)
        text[k] = (char)(k * 7 + k / 256);
    struct iovec whole = {text, sizeof text};
    struct iovec parts[] = {{pages + 1, 100}, {pages + 4000, 0}, {pages + 200, 5000}, {pages + 8000, 500}};
    show("write in parts", process_vm_writev(getpid(), &whole, 1, parts, 3, 0));
    show("write into a hole", process_vm_writev(getpid(), &whole, 1, parts + 2, 2, 0));
    struct iovec hole = {pages + 2 * PAGE, 10}, fixed = {pages + 3 * PAGE, 10}, none = {text, 0};
    show("a hole alone", process_vm_writev(getpid(), &whole, 1, &hole, 1, 0));
    show("what may only be read", process_vm_writev(getpid(), &whole, 1, &fixed, 1, 0));
    show("reading that",
         process_vm_readv(getpid(), (struct iovec[]){{pages, 5}, {pages + 50, 9}}, 2, &fixed, 1, 0));
    show("nothing", process_vm_readv(getpid(), &none, 1, &whole, 1, 0));
    show("into what may only be read", process_vm_readv(getpid(), &fixed, 1, &whole, 1, 0));
    show("flags", process_vm_readv(getpid(), &whole, 1, parts, 1, 1));
    show("too many", process_vm_readv(getpid(), &whole, 1, parts, 1025, 0));
    int self = syscall(SYS_pidfd_open, getpid(), 0);
    struct iovec dropped[] = {
        {pages, PAGE}, {pages + PAGE, 0}, {pages + PAGE, 100}, {pages + 2 * PAGE, PAGE}};
    show("advice for a hole", syscall(SYS_process_madvise, self, dropped + 3, 1, MADV_COLD, 0));
    show("advice", syscall(SYS_process_madvise, self, dropped, 3, MADV_COLD, 0));
    show("advice, then a hole", syscall(SYS_process_madvise, self, dropped, 4, MADV_COLD, 0));
    show("flags of advice", syscall(SYS_process_madvise, self, dropped, 1, MADV_COLD, 1));
    show("no such advice", syscall(SYS_process_madvise, self, dropped, 1, 7777, 0));
    show("no process", syscall(SYS_process_madvise, 1, dropped, 1, MADV_COLD, 0));
    show("no descriptor", syscall(SYS_process_madvise, 99, dropped, 1, MADV_COLD, 0));
    show("nobody", process_vm_readv(0x3ffffffe, &whole, 1, parts, 1, 0));
    return 0;
}
