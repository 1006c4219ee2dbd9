/* Keyrings, which are the host's: what keyctl's words mean depends on its first one. */
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscalls/sys.h"

enum { MAX_TYPE = 32, MAX_TEXT = 4096, MAX_PAYLOAD = 1 << 20, WORDS = 4 };

/* NULL stays NULL. */
static long get_text(struct call *c, gaddr at, char *text, size_t size, const char **out)
{
    long n = at ? mm_read_string(c->mm, at, text, size) : 0;
    *out = at ? text : NULL;
    return n == -G_ENAMETOOLONG ? -G_EINVAL : n < 0 ? n : 0;
}

/* `size` bytes of ours that begin as the guest's, if those are there. */
static void *get_bytes(struct call *c, gaddr at, uint32_t size, long *bad)
{
    void *bytes = calloc(1, size + 1);
    *bad = !bytes ? -G_ENOMEM : mm_read(c->mm, at, bytes, size);
    return bytes;
}

/* add_key(type, description, payload, size, keyring). */
long call_add_key(struct call *c)
{
    char type[MAX_TYPE], text[MAX_TEXT];
    const char *t, *description;
    if (c->arg[3] >= MAX_PAYLOAD) return -G_EINVAL;
    long r = c->arg[0] ? get_text(c, c->arg[0], type, sizeof type, &t) : -G_EFAULT;
    if (!r) r = get_text(c, c->arg[1], text, sizeof text, &description);
    if (r) return r;
    void *payload = get_bytes(c, c->arg[2], c->arg[3], &r);
    if (!r) r = sys_result(syscall(SYS_add_key, t, description, payload, (size_t)c->arg[3], (int)c->arg[4]));
    free(payload);
    return r;
}

/* request_key(type, description, callout information, keyring). */
long call_request_key(struct call *c)
{
    char type[MAX_TYPE], text[MAX_TEXT], callout[MAX_TEXT];
    const char *t, *description, *info;
    long r = c->arg[0] ? get_text(c, c->arg[0], type, sizeof type, &t) : -G_EFAULT;
    if (!r) r = c->arg[1] ? get_text(c, c->arg[1], text, sizeof text, &description) : -G_EFAULT;
    if (!r) r = get_text(c, c->arg[2], callout, sizeof callout, &info);
    return r ? r : sys_result(syscall(SYS_request_key, t, description, info, (int)c->arg[3]));
}

/* A letter a word: a number, a text, bytes that go in or come out and that the next word counts. What is not
 * here has structures of its own, and kernels can be built without. */
static const char *const shape_of[] = {
    [0] = "nn",    /* GET_KEYRING_ID */
    [1] = "t",     /* JOIN_SESSION_KEYRING */
    [2] = "nin",   /* UPDATE */
    [3] = "n",     /* REVOKE */
    [4] = "nnn",   /* CHOWN */
    [5] = "nn",    /* SETPERM */
    [6] = "non",   /* DESCRIBE */
    [7] = "n",     /* CLEAR */
    [8] = "nn",    /* LINK */
    [9] = "nn",    /* UNLINK */
    [10] = "nttn", /* SEARCH */
    [11] = "non",  /* READ */
    [12] = "ninn", /* INSTANTIATE */
    [13] = "nnn",  /* NEGATE */
    [14] = "n",    /* SET_REQKEY_KEYRING */
    [15] = "nn",   /* SET_TIMEOUT */
    [16] = "n",    /* ASSUME_AUTHORITY */
    [17] = "non",  /* GET_SECURITY */
    [18] = "",     /* SESSION_TO_PARENT */
    [19] = "nnnn", /* REJECT */
    [21] = "n",    /* INVALIDATE */
    [22] = "nn",   /* GET_PERSISTENT */
    [29] = "ntt",  /* RESTRICT_KEYRING */
    [30] = "nnnn", /* MOVE */
    [31] = "on",   /* CAPABILITIES */
};

/* The words of a keyctl as the host takes them. */
struct words {
    long word[WORDS];
    char text[2][MAX_TEXT];
    uint8_t *bytes;
    uint32_t size;
    gaddr out; /* of bytes that come out */
};

static long get_bytes_word(struct call *c, int i, bool out, struct words *w)
{
    long bad;
    gaddr at = c->arg[1 + i];
    w->size = c->arg[2 + i];
    if (out && w->size > MAX_PAYLOAD) w->size = MAX_PAYLOAD;
    if (!at) return 0;
    if (w->size > MAX_PAYLOAD) return -G_EINVAL;
    w->bytes = get_bytes(c, at, w->size, &bad);
    w->word[i] = (long)w->bytes;
    if (out) w->out = at;
    return out && w->bytes ? 0 : bad;
}

static long get_words(struct call *c, const char *shape, struct words *w)
{
    int texts = 0;
    long r = 0;
    for (int i = 0; !r && shape[i]; i++) {
        const char *text;
        switch (shape[i]) {
        case 'n': w->word[i] = (int32_t)c->arg[1 + i]; break;
        case 't':
            r = get_text(c, c->arg[1 + i], w->text[texts], MAX_TEXT, &text);
            w->word[i] = (long)text;
            texts++;
            break;
        default:
            r = get_bytes_word(c, i, shape[i] == 'o', w);
            w->word[++i] = w->size;
            break;
        }
    }
    return r;
}

/* keyctl(operation, …). */
long call_keyctl(struct call *c)
{
    uint32_t op = c->arg[0];
    const char *shape = op < sizeof shape_of / sizeof *shape_of ? shape_of[op] : NULL;
    if (!shape) return -G_EOPNOTSUPP;
    struct words w = {.size = 0};
    long r = get_words(c, shape, &w);
    if (!r) r = sys_result(syscall(SYS_keyctl, (int)op, w.word[0], w.word[1], w.word[2], w.word[3]));
    if (r > 0 && w.out && mm_write(c->mm, w.out, w.bytes, w.size)) r = -G_EFAULT;
    free(w.bytes);
    return r;
}
