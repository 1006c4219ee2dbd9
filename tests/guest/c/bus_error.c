/* Death by SIGBUS, whose number differs on MIPS: a store beyond the end of a mapped file.
 * @variants: O2 pie
 * @status: signal 7 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/guest/guest.h"

int main(void)
{
    int fd = open("empty", O_RDWR | O_CREAT, 0600);
    char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    unlink("empty");
    p[4096] = 1;
    return 0;
}
