/* --profile-in: what an earlier run found out about blocks, and the same of this run for later ones. Owns
 * what is handed on, and to whom; how often blocks ran is the profiler's, the file belongs to profile/. */
#include "tier/profile_in.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tier/profiler.h"
#include "tier/text.h"

/* --- which program ----------------------------------------------------------------------------------- */

static uint32_t padded(uint32_t n)
{
    return (n + 3) & ~UINT32_C(3);
}

/* The build ID among the notes there, as text; NULL: there is none. */
static char *find_build_id(struct mm *mm, gaddr at, uint32_t left)
{
    enum { LONGEST = 32 };
    uint32_t head[3], got;
    uint8_t id[LONGEST];
    char text[2 * LONGEST + 1];
    for (; left >= sizeof head && !mm_read(mm, at, head, sizeof head); at += got, left -= got) {
        if (head[0] > left || head[1] > left) return NULL;
        got = (uint32_t)sizeof head + padded(head[0]) + padded(head[1]);
        if (got > left) return NULL;
        if (head[2] != NT_GNU_BUILD_ID || head[0] != sizeof ELF_NOTE_GNU || !head[1]) continue;
        uint32_t n = head[1] < LONGEST ? head[1] : LONGEST;
        if (mm_read(mm, at + (uint32_t)sizeof head + padded(head[0]), id, n)) return NULL;
        for (uint32_t k = 0; k < 2 * n; k++)
            text[k] = "0123456789abcdef"[id[k / 2] >> (k & 1 ? 0 : 4) & 15];
        return text_copy(text, 2 * n);
    }
    return NULL;
}

/* The same for each run of the same build: its build ID, or a hash of what its headers say. To be freed. */
static char *program_id(struct vm *vm)
{
    enum { MOST = 64 };
    const struct mm_image *image = &vm->image;
    Elf32_Phdr header[MOST];
    uint32_t n = image->phnum < MOST ? image->phnum : MOST;
    char *id = NULL;
    if (!image->phdr || mm_read(vm->mm, image->phdr, header, n * sizeof *header)) n = 0;
    for (uint32_t k = 0; k < n && !id; k++)
        if (header[k].p_type == PT_NOTE)
            id = find_build_id(vm->mm, header[k].p_vaddr + image->bias, header[k].p_memsz);
    if (id) return id;
    uint64_t hash = XXH3_64bits(header, n * sizeof *header) ^ (image->exec_entry - image->bias);
    return text_format("headers-%016llx", (unsigned long long)hash);
}

/* --- from an earlier run ----------------------------------------------------------------------------- */

/* One that a variable names may be meant for another of the programs that see the variable. */
static void say_foreign(struct vm *vm)
{
    const char *origin = vm->opt.origin[OPT_PROFILE_IN], *ran = vm->earlier->program;
    if (origin && !strncmp(origin, "TIERRUN_", 8)) return;
    fprintf(vm->log.out,
            "tierrun: %s: is a profile of another program, or of another build of it (%s): it is not used\n",
            vm->opt.value[OPT_PROFILE_IN], ran ? ran : "?");
}

/* Program `id` runs: is the profile one of it? */
static void compare(struct vm *vm, const char *id)
{
    if (!vm->earlier->program_id || !strcmp(vm->earlier->program_id, id)) return;
    say_foreign(vm);
    vm->earlier = NULL;
}

bool profile_in_open(struct vm *vm, char *why, size_t size)
{
    const char *file = vm->opt.value[OPT_PROFILE_IN];
    if (!file && !vm->profiler) return true;
    char *id = program_id(vm);
    if (vm->profiler) vm->profiler->prof->program_id = text_format("%s", id);
    if (file && (vm->earlier = prof_read_hot(file, why, size))) compare(vm, id);
    free(id);
    return !file || *why == '\0';
}

uint64_t profile_in_hash(struct vm *vm, const struct block *b)
{
    uint8_t code[BLOCK_MAX_INSNS * INSN_MAX];
    struct mm_fault fault;
    unsigned n = b->bytes < sizeof code ? b->bytes : sizeof code;
    n = n ? mm_fetch(vm->mm, b->eip, code, n, &fault) : 0;
    return XXH3_64bits(code, n);
}

/* Assumptions are hints: wrong ones cost time only. */
static void assume(struct block *b, const struct prof_facts *f)
{
    for (unsigned k = 0; k < b->records && k < 64; k++)
        if (f->misaligned >> k & 1 && form_has_memory(b->rec[k].form)) b->rec[k].prefix |= PFX_MISALIGNED;
    b->by_helper = f->by_helper;
    b->eager_flags = f->eager_flags;
    b->setbacks = f->setbacks;
    b->wrong_guesses = f->wrong_guesses;
    b->went = f->went;
}

static void remember(struct vm *vm, struct block *b, const struct prof_block *e)
{
    uint64_t hash = profile_in_hash(vm, b);
    while (e && (e->eip != b->eip || e->hash != hash))
        e = e->next;
    if (!e) return;
    b->visits = e->translated < 1e9 ? (uint32_t)e->translated : 1000000000u;
    if (vm->earlier->dbl == vm->opt.x87_double) assume(b, &e->facts);
}

struct block_fact *profile_in_block(void *self, struct block *b)
{
    struct vm *vm = self;
    const struct prof_block *e = prof_find(vm->earlier, b->eip);
    if (e) remember(vm, b, e);
    return NULL;
}

bool profile_in_expects(void *self, gaddr eip)
{
    const struct vm *vm = self;
    return prof_find(vm->earlier, eip) != NULL;
}

/* --- for later ones ---------------------------------------------------------------------------------- */

void profile_in_note(struct vm *vm)
{
    const struct prof *p = vm->profiler->prof;
    for (size_t n = 0; n < p->blocks; n++) {
        struct prof_facts *f = &p->block[n]->facts;
        const struct block *b = block_find(vm->interp, p->block[n]->eip);
        if (!b || b->fact != &p->block[n]->count) continue;
        *f = (struct prof_facts){.by_helper = b->by_helper,
                                 .eager_flags = b->eager_flags,
                                 .setbacks = b->setbacks,
                                 .wrong_guesses = b->wrong_guesses,
                                 .went = b->went};
        for (unsigned k = 0; k < b->records && k < 64; k++)
            if (b->rec[k].prefix & PFX_MISALIGNED) f->misaligned |= UINT64_C(1) << k;
    }
}
