/* Keyrings: add_key, request_key and keyctl, in a session keyring of our own. Memory of memfd_secret. */
#include <linux/keyctl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/guest/sys/raw.h"

static char text[64];

/* What a call wrote. */
static void show(const char *what, long n)
{
    printf("%s: %s, [%.*s]\n", what, result(n), (int)sizeof text, text);
    memset(text, '.', sizeof text - 1);
}

static void keys(void)
{
    long ring = raw(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "of a test");
    printf("session %d\n", ring > 0);
    long key = raw(SYS_add_key, "user", "one", "payload", 7, KEY_SPEC_SESSION_KEYRING);
    printf("key %d\n", key > 0);
    SHOW(raw(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) == ring);
    SHOW(raw(SYS_keyctl, KEYCTL_SEARCH, ring, "user", "one", 0) == key);
    SHOW(raw(SYS_keyctl, KEYCTL_SEARCH, ring, "user", "two", 0));
    SHOW(raw(SYS_request_key, "user", "one", 0, 0) == key);
    SHOW(raw(SYS_request_key, "user", "two", 0, 0));
    memset(text, '.', sizeof text - 1);
    show("describe", raw(SYS_keyctl, KEYCTL_DESCRIBE, key, text, sizeof text));
    show("describe, too short", raw(SYS_keyctl, KEYCTL_DESCRIBE, key, text, 3));
    show("describe, nowhere", raw(SYS_keyctl, KEYCTL_DESCRIBE, key, 0, 0));
    show("read", raw(SYS_keyctl, KEYCTL_READ, key, text, sizeof text));
    show("read, exactly", raw(SYS_keyctl, KEYCTL_READ, key, text, 7));
    show("read, too short", raw(SYS_keyctl, KEYCTL_READ, key, text, 3));
    SHOW(raw(SYS_keyctl, KEYCTL_READ, key, 16, 20));
    SHOW(raw(SYS_keyctl, KEYCTL_UPDATE, key, "other", 5));
    show("read", raw(SYS_keyctl, KEYCTL_READ, key, text, sizeof text));
    SHOW(raw(SYS_keyctl, KEYCTL_UPDATE, key, 16, 5));
    SHOW(raw(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f000000));
    SHOW(raw(SYS_keyctl, KEYCTL_CHOWN, key, 0, -1));
    SHOW(raw(SYS_keyctl, KEYCTL_SET_TIMEOUT, key, 1000));
    long inner = raw(SYS_add_key, "keyring", "inner", 0, 0, ring);
    printf("keyring %d\n", inner > 0);
    SHOW(raw(SYS_keyctl, KEYCTL_LINK, key, inner));
    SHOW(raw(SYS_keyctl, KEYCTL_READ, inner, text, 4));
    SHOW(*(int32_t *)text == key);
    SHOW(raw(SYS_keyctl, KEYCTL_UNLINK, key, ring));
    SHOW(raw(SYS_keyctl, KEYCTL_MOVE, key, inner, ring, 0));
    SHOW(raw(SYS_keyctl, KEYCTL_CLEAR, inner));
    SHOW(raw(SYS_keyctl, KEYCTL_RESTRICT_KEYRING, inner, 0, 0));
    SHOW(raw(SYS_add_key, "user", "three", "x", 1, inner));
    SHOW(raw(SYS_keyctl, KEYCTL_REVOKE, key));
    SHOW(raw(SYS_keyctl, KEYCTL_READ, key, text, sizeof text));
}

static void errors(void)
{
    SHOW(raw(SYS_add_key, 0, "one", "x", 1, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_add_key, "user", 16, "x", 1, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_add_key, "user", "one", 16, 1, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_add_key, "user", "one", "x", 1 << 20, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_add_key, "user", "one", "x", 1, -99));
    SHOW(raw(SYS_add_key, "no such type", "one", "x", 1, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_add_key, "a type whose name is longer than 32", "one", "x", 1, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_add_key, ".type", "one", "x", 1, KEY_SPEC_PROCESS_KEYRING));
    SHOW(raw(SYS_request_key, "user", 0, 0, 0));
    SHOW(raw(SYS_keyctl, 999));
    SHOW(raw(SYS_keyctl, KEYCTL_READ, 1, text, 3));
    SHOW(raw(SYS_keyctl, KEYCTL_CAPABILITIES, text, 1) > 0);
}

enum { SIZE = 32768 }; /* whole pages of the host, as they cannot be read otherwise */

static void memory(void)
{
    int fd = raw(SYS_memfd_secret, 0), ends[2];
    printf("descriptor %d\n", fd >= 0);
    SHOW(raw(SYS_memfd_secret, 1));
    SHOW(raw(SYS_memfd_secret, 0x80000000));
    SHOW(raw(SYS_ftruncate, fd, SIZE));
    SHOW(raw(SYS_write, fd, "x", 1));
    SHOW(mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0) == MAP_FAILED);
    char *p = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (p == MAP_FAILED || pipe(ends)) return;
    strcpy(p + 4090, "across pages");
    SHOW(raw(SYS_write, ends[1], p + 4090, 12));
    SHOW(raw(SYS_read, ends[0], p + 100, 12));
    printf("%s %d\n", p + 100, p[SIZE - 1]);
    SHOW(raw(SYS_mprotect, p, 4096, PROT_READ));
    SHOW(raw(SYS_munmap, p, SIZE));
}

int main(void)
{
    fflush(stdout);
    if (!fork()) {
        keys();
        errors();
        memory();
        exit(0);
    }
    wait(NULL);
    return 0;
}
