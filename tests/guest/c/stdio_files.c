/* Streams: buffering, seeking, ungetc, getline, fscanf, memory streams, temporary files, large offsets, and
 * what is left on standard error. */
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/guest/guest.h"

static void one_file(int mode)
{
    static const int kinds[] = {_IOFBF, _IOLBF, _IONBF};
    static char buffer[777];
    FILE *f = fopen("file.txt", "w+");
    setvbuf(f, mode ? buffer : NULL, kinds[mode], mode ? sizeof buffer : 0);
    for (int i = 0; i < 500; i++)
        fprintf(f, "line %d %08x\n", i, rnd());
    printf("at %ld", ftell(f));
    fseek(f, 100, SEEK_SET);
    fputs("OVERWRITTEN", f);
    fseek(f, -50, SEEK_END);
    char text[100];
    printf(" read %zu", fread(text, 1, sizeof text, f));
    printf(" eof %d error %d", feof(f), ferror(f));
    rewind(f);
    char *line = NULL;
    size_t room = 0;
    uint32_t sum = MIX_START;
    for (long n; (n = getline(&line, &room, f)) > 0;)
        sum = mix(sum, line, n);
    free(line);
    printf(" sum %08x\n", sum);
    fclose(f);
}

static void pushed_back(void)
{
    FILE *f = fopen("file.txt", "r");
    int c = getc(f);
    ungetc('#', f);
    printf("%c%c", c, getc(f));
    int number;
    char word[20];
    printf(" %d", fscanf(f, "%19s %d", word, &number));
    printf(" %s %d\n", word, number);
    fclose(f);
}

static void in_memory(void)
{
    char *text;
    size_t n;
    FILE *f = open_memstream(&text, &n);
    for (int i = 0; i < 100; i++)
        fprintf(f, "%d,", i * i);
    fclose(f);
    printf("%zu %08x\n", n, mix(MIX_START, text, n));
    free(text);
    f = fmemopen("1 2 3 x", 7, "r");
    int a, b, c, d;
    printf("%d\n", fscanf(f, "%d %d %d %d", &a, &b, &c, &d));
    fclose(f);
}

static void large(void)
{
    FILE *f = fopen("large", "w+");
    fseeko(f, 5000000000ll, SEEK_SET);
    printf("far %d", fputc('x', f) == 'x' && fflush(f) == 0);
    printf(" limit %s\n", ferror(f) ? "reached" : "none");
    fclose(f);
    unlink("large");
    f = tmpfile();
    fputs("temporary", f);
    rewind(f);
    char text[20] = {0};
    printf("%zu %s\n", fread(text, 1, 20, f), text);
    fclose(f);
}

int main(void)
{
    for (int mode = 0; mode < 3; mode++)
        one_file(mode);
    pushed_back();
    in_memory();
    signal(SIGXFSZ, SIG_IGN);
    large();
    remove("file.txt");
    fprintf(stderr, "on standard error\n");
    errno = EDOM;
    perror("errno");
    printf("%s\n", fopen("/no/such/file", "r") ? "opened" : "refused");
    return 0;
}
