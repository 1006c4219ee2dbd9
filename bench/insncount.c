/* A QEMU plugin (user mode, plugin API version 1) that counts the instructions a process executes:
 *
 *     qemu-mips64el -plugin build/bench/insncount.so,out=FILE program…
 *
 * writes the count to FILE when the process ends; with from=ADDRESS,to=ADDRESS after it (hexadecimal), that
 * of the blocks that start there. A translated block is counted when it is entered, so a block left half-way
 * by a fault counts as whole; the count is otherwise exact and repeats for a process of one thread. The few
 * declarations below are QEMU's published plugin interface. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXPORTED __attribute__((visibility("default")))

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
struct qemu_info;
enum { INLINE_ADD_U64 = 0 };

void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*cb)(plugin_id id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *tb, int op, void *counter, uint64_t add);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*cb)(plugin_id id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *tb);

EXPORTED int qemu_plugin_version = 1;
EXPORTED int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv);

static uint64_t executed, from, to = UINT64_MAX;
static char out[4096];

static void count_block(plugin_id id, struct qemu_plugin_tb *tb)
{
    uint64_t at = qemu_plugin_tb_vaddr(tb);

    (void)id;
    if (at >= from && at < to)
        qemu_plugin_register_vcpu_tb_exec_inline(tb, INLINE_ADD_U64, &executed, qemu_plugin_tb_n_insns(tb));
}

static void report(plugin_id id, void *data)
{
    FILE *file = fopen(out, "w");

    (void)id;
    (void)data;
    if (file == NULL) {
        perror(out);
        return;
    }
    fprintf(file, "%llu\n", (unsigned long long)executed);
    fclose(file);
}

int qemu_plugin_install(plugin_id id, const struct qemu_info *info, int argc, char **argv)
{
    (void)info;
    for (int i = 0; i < argc; i++) {
        if (strncmp(argv[i], "out=", 4) == 0) snprintf(out, sizeof out, "%s", argv[i] + 4);
        if (strncmp(argv[i], "from=", 5) == 0) from = strtoull(argv[i] + 5, NULL, 16);
        if (strncmp(argv[i], "to=", 3) == 0) to = strtoull(argv[i] + 3, NULL, 16);
    }
    if (!out[0]) {
        fprintf(stderr, "insncount: out=FILE is missing\n");
        return -1;
    }
    qemu_plugin_register_vcpu_tb_trans_cb(id, count_block);
    qemu_plugin_register_atexit_cb(id, report, NULL);
    return 0;
}
