/* Disassembly of MIPS64 code by capstone, wherever tierrun itself runs. Opened at its first use. */
#include <capstone/capstone.h>
#include <stdio.h>

#include "tier/hostasm.h"

static csh handle;
static cs_insn *insn;

static bool is_open(void)
{
    if (insn) return true;
    cs_mode mode = (cs_mode)(CS_MODE_MIPS64 | CS_MODE_LITTLE_ENDIAN);
    if (!handle && cs_open(CS_ARCH_MIPS, mode, &handle) != CS_ERR_OK) return false;
    insn = cs_malloc(handle);
    return insn != NULL;
}

bool hostasm(const uint32_t *at, char *out, size_t size)
{
    const uint8_t *code = (const uint8_t *)at;
    uint64_t address = (uintptr_t)at;
    size_t left = sizeof *at;
    if (!is_open() || !cs_disasm_iter(handle, &code, &left, &address, insn)) return false;
    snprintf(out, size, "%-8s %s", insn->mnemonic, insn->op_str);
    return true;
}
