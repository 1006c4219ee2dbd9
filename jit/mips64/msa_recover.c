/* Upper halves of MSA's vectors at a fault. The kernel puts them behind what every signal's handler gets; one
 * that does not (qemu-user) leaves the vectors as they were. */
#include "jit/mips64/msa_recover.h"

#include <asm/sigcontext.h>
#include <string.h>

#include "interp/cpu.h"

/* asm/ucontext.h, whose struct ucontext is not that of <ucontext.h>: pieces behind the set of blocked
 * signals, which has 16 bytes. */
struct piece {
    uint32_t magic, size;
    uint64_t upper[32]; /* of MSA's piece */
};
enum { PIECE_MSA = 0x784d5341, PIECE_END = 0x78454e44, SIGNAL_SET = 16 };

static const struct piece *find(const ucontext_t *uc)
{
    const char *at = (const char *)&uc->uc_sigmask + SIGNAL_SET;
    if (!(uc->uc_mcontext.used_math & USED_EXTCONTEXT)) return NULL;
    for (;;) {
        const struct piece *p = (const void *)at;
        if (p->magic == PIECE_MSA) return p;
        if (p->magic == PIECE_END || p->size == 0) return NULL;
        at += p->size;
    }
}

/* st.d $w…, …($4): as words, because a compiler knows them only where all of the program is for MSA. */
#define STORE(n)     STORE_(0x78002027, n)
#define STORE_(w, n) ".word " #w " + (" #n " << 6) + (2 * " #n " << 16)\n\t"

static void store_vectors(uint64_t to[32][2])
{
    register void *base __asm__("$4") = to;
    // clang-format off
    __asm__ volatile(STORE(0) STORE(1) STORE(2) STORE(3) STORE(4) STORE(5) STORE(6) STORE(7)
                     STORE(8) STORE(9) STORE(10) STORE(11) STORE(12) STORE(13) STORE(14) STORE(15)
                     STORE(16) STORE(17) STORE(18) STORE(19) STORE(20) STORE(21) STORE(22) STORE(23)
                     : : "r"(base) : "memory");
    // clang-format on
}

void msa_recover(struct cpu *cpu, const struct xmm_state *s, const ucontext_t *uc)
{
    const struct piece *p = find(uc);
    uint64_t vectors[32][2];
    if (!p) store_vectors(vectors);
    for (unsigned r = 0; r < 8; r++)
        if ((s->wides & s->dirty) >> r & 1)
            cpu->simd.xmm[r].u64[1] = p ? p->upper[s->at[r]] : vectors[s->at[r]][1];
}
