/* x87 against the host's own: every encoding on random states at the edges, compared to the last bit.
 * Usage: x87-compare [-n STATES] [-s SEED] [-e HEX]   (states per encoding; -e d8c1: one encoding only)
 *        x87-compare -H …   prints a hash of all results instead, to compare hosts. */
#include "tests/fpu/vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct totals {
    uint64_t passed, failed, hash, quick;
};

enum { SHOW_DIFFERENCES = 3 };

static uint64_t mix(uint64_t h, uint64_t v)
{
    return (h ^ v) * 0x100000001b3ull;
}

static uint64_t hash_machine(uint64_t h, const struct machine *m)
{
    for (unsigned i = 0; i < 8; i++)
        h = mix(mix(h, m->x87.reg[i].m), m->x87.reg[i].se);
    h = mix(mix(mix(h, x87_fnstsw(&m->x87)), m->x87.cw), m->x87.empty);
    for (unsigned i = 0; i < OPERAND_SIZE; i++)
        h = mix(h, m->operand[i]);
    return mix(mix(h, m->eflags), m->ax);
}

static void report(struct encoding e, uint64_t seed, const struct machine *start, const struct machine *ours,
                   const struct machine *host)
{
    printf("%02x %02x differs; rerun: x87-compare -e %02x%02x -n 1 -s %llu\n", e.opcode, e.modrm, e.opcode,
           e.modrm, (unsigned long long)seed);
    vector_print("start", start);
    vector_print("ours", ours);
    vector_print("host", host);
}

/* The inline common case must do what the complete function does. */
static bool check_quick(struct encoding e, uint64_t seed, const struct machine *start,
                        const struct machine *ours, struct totals *t)
{
    struct machine quick = *start;
    if (!vector_quick(e, &quick)) return true;
    t->quick++;
    if (vector_same(&quick, ours)) return true;
    printf("%02x %02x: the common case differs; rerun: x87-compare -e %02x%02x -n 1 -s %llu\n", e.opcode,
           e.modrm, e.opcode, e.modrm, (unsigned long long)seed);
    vector_print("start", start);
    vector_print("all", ours);
    vector_print("common", &quick);
    return false;
}

static void test_encoding(struct encoding e, const struct vector_options *o, struct totals *t)
{
    struct machine start, ours, host;
    unsigned shown = 0;
    for (uint64_t n = 0; n < o->states; n++) {
        struct rng r = {(o->seed + n) * 0x2545f4914f6cdd1dull ^ (uint64_t)e.opcode << 8 ^ e.modrm};
        vector_make(&r, e, &start);
        ours = start;
        if (!vector_execute(e, &ours)) return;
        t->hash = hash_machine(t->hash, &ours);
        if (!check_quick(e, o->seed + n, &start, &ours, t)) {
            t->failed++;
            return;
        }
        if (o->hash) continue;
        host = start;
        host_execute(e, &host);
        bool ok = vector_same(&ours, &host);
        t->passed += ok;
        t->failed += !ok;
        if (!ok && shown++ < SHOW_DIFFERENCES) report(e, o->seed + n, &start, &ours, &host);
    }
    if (shown)
        printf("%02x %02x: %u of %llu states differ\n", e.opcode, e.modrm, shown,
               (unsigned long long)o->states);
}

static bool wanted(struct encoding e, const struct vector_options *o)
{
    if (o->only >= 0) return (e.opcode << 8 | e.modrm) == o->only;
    if (encoding_memory(e)) return (e.modrm & 0xc7) == 0;
    return o->hash || !vector_inexact(e);
}

int main(int argc, char **argv)
{
    struct vector_options o = vector_options(argc, argv);
    struct totals t = {.hash = 0xcbf29ce484222325ull};
    if (!o.hash && !host_has_x87()) {
        printf("x87-compare: this host has no x87 to compare with; use -H\n0 passed, 0 failed\n");
        return 0;
    }
    for (unsigned opcode = 0xd8; opcode <= 0xdf; opcode++)
        for (unsigned modrm = 0; modrm < 256; modrm++) {
            struct encoding e = {(uint8_t)opcode, (uint8_t)modrm};
            if (wanted(e, &o)) test_encoding(e, &o, &t);
        }
    if (o.hash)
        printf("%016llx\n", (unsigned long long)t.hash);
    else
        printf("%llu of them by the common case\n%llu passed, %llu failed\n", (unsigned long long)t.quick,
               (unsigned long long)t.passed, (unsigned long long)t.failed);
    return t.failed != 0;
}
