/* Directories: make, walk (readdir, scandir, nftw, glob), rename, links, permissions, times; only facts that
 * do not depend on the file system's order. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/guest/guest.h"

static void make(const char *path, int bytes)
{
    FILE *f = fopen(path, "w");
    for (int i = 0; i < bytes; i++)
        putc('a' + i % 26, f);
    fclose(f);
}

static void list(const char *path)
{
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort);
    printf("%s:", path);
    for (int i = 0; i < n; i++) {
        printf(" %s%s", names[i]->d_name,
               names[i]->d_type == DT_DIR   ? "/"
               : names[i]->d_type == DT_LNK ? "@"
                                            : "");
        free(names[i]);
    }
    free(names);
    printf("\n");
}

static int files, bytes, depth;
static int visit(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    files++, bytes += kind == FTW_F ? st->st_size : 0;
    if (at->level > depth) depth = at->level;
    return 0;
}
static int destroy(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    return remove(path);
}

int main(void)
{
    char path[64], text[64];
    struct stat st;
    mkdir("top", 0755), mkdir("top/a", 0700), mkdir("top/b", 0755), mkdir("top/a/deep", 0755);
    for (int i = 0; i < 300; i++) {
        snprintf(path, sizeof path, "top/b/file-%03d-with-a-rather-long-name", i);
        make(path, i);
    }
    make("top/one", 10), make("top/a/deep/two", 2000);
    symlink("one", "top/soft"), link("top/one", "top/hard");
    list("top");
    DIR *d = opendir("top/b");
    int n = 0;
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] == 'f';
    rewinddir(d);
    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] == 'f';
    closedir(d);
    printf("read twice %d\n", n);
    nftw("top", visit, 8, FTW_PHYS);
    printf("%d files, %d bytes, %d deep\n", files, bytes, depth);
    glob_t g;
    printf("glob %d", glob("top/b/*-29[0-4]-*", 0, NULL, &g));
    printf(" %zu %s\n", g.gl_pathc, g.gl_pathv[0]);
    globfree(&g);
    stat("top/one", &st);
    printf("links %d mode %o size %d\n", (int)st.st_nlink, st.st_mode, (int)st.st_size);
    lstat("top/soft", &st);
    n = readlink("top/soft", text, sizeof text);
    printf("link %d '%.*s' %d\n", S_ISLNK(st.st_mode), n, text, (int)st.st_size);
    chmod("top/one", 0640), stat("top/soft", &st);
    printf("chmod %o\n", st.st_mode & 0777);
    struct timespec times[2] = {{1000000000, 123456789}, {1500000000, 987654321}};
    printf("utimensat %d", utimensat(AT_FDCWD, "top/one", times, 0));
    stat("top/one", &st);
    printf(" %ld %ld\n", (long)st.st_atime, (long)st.st_mtime);
    printf("truncate %d", truncate("top/one", 4)), stat("top/one", &st), printf(" %d\n", (int)st.st_size);
    printf("rename %d", rename("top/hard", "top/a/moved")), printf(" %d\n", access("top/a/moved", R_OK));
    int fd = open("top/a", O_RDONLY | O_DIRECTORY);
    printf("at %d %d\n", faccessat(fd, "moved", F_OK, 0),
           fstatat(fd, "deep/two", &st, 0) || st.st_size != 2000);
    printf("unlinkat %d %d\n", unlinkat(fd, "moved", 0), mkdirat(fd, "new", 0755));
    fchdir(fd);
    printf("cwd %s\n", strrchr(getcwd(NULL, 0), '/'));
    chdir("../..");
    printf("errors");
    errno = 0, mkdir("top", 0755), printf(" %d", errno == EEXIST);
    errno = 0, rmdir("top"), printf(" %d", errno == ENOTEMPTY);
    errno = 0, opendir("top/one"), printf(" %d", errno == ENOTDIR);
    errno = 0, open("top/none", O_RDONLY), printf(" %d\n", errno == ENOENT);
    nftw("top", destroy, 8, FTW_PHYS | FTW_DEPTH);
    printf("gone %d\n", access("top", F_OK));
    return 0;
}
