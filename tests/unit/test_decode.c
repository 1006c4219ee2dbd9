/* The decoder's records: operands, sizes, prefixes and addresses of instructions known by heart. That all
 * encodings decode at all, and to what they do, is the business of tests/insn. */
#include <criterion/criterion.h>

#include "interp/insn.h"
#include "interp/interp.h"

static struct insn records[2];

static const struct insn *one(const char *bytes, unsigned n)
{
    unsigned count = decode((const uint8_t *)bytes, n, 0x1000, records);
    cr_assert_eq(count, 1, "%u records", count);
    cr_assert_eq(records[0].len, n);
    return &records[0];
}

#define ONE(bytes) one(bytes, sizeof bytes - 1)

Test(decode, byte_registers_are_offsets)
{
    const struct insn *i = ONE("\x00\xe6"); /* add dh, ah */
    cr_assert_eq(i->op, OP_ADD);
    cr_assert_eq(i->form, FORM_RR);
    cr_assert_eq(i->size, S8);
    cr_assert_eq(i->dst, 4 * EDX + 1);
    cr_assert_eq(i->src, 4 * EAX + 1);
}

Test(decode, scaled_address)
{
    const struct insn *i = ONE("\x66\x8b\x8c\xb3\x78\x56\x34\x12"); /* mov cx, [ebx+esi*4+0x12345678] */
    cr_assert_eq(i->op, OP_MOV);
    cr_assert_eq(i->form, FORM_RM);
    cr_assert_eq(i->size, S16);
    cr_assert_eq(i->dst, 4 * ECX);
    cr_assert_eq(i->rbase, 4 * EBX);
    cr_assert_eq(i->rindex, 4 * ESI);
    cr_assert_eq(i->scale, 2);
    cr_assert_eq(i->disp, 0x12345678);
}

Test(decode, no_index_and_no_base)
{
    const struct insn *i = ONE("\xff\x04\x24"); /* inc dword ptr [esp] */
    cr_assert_eq(i->rbase, 4 * ESP);
    cr_assert_eq(i->rindex, 4 * REG_ZERO);
    i = ONE("\xff\x05\x44\x33\x22\x11"); /* inc dword ptr [0x11223344] */
    cr_assert_eq(i->rbase, 4 * REG_ZERO);
    cr_assert_eq(i->rindex, 4 * REG_ZERO);
    cr_assert_eq(i->disp, 0x11223344);
}

Test(decode, branch_targets_are_absolute)
{
    cr_assert_eq(ONE("\x75\xfe")->imm, 0x1000); /* jnz to itself */
    cr_assert_eq(records[0].aux, CC_NE);
    cr_assert_eq(ONE("\xe8\x00\x10\x00\x00")->imm, 0x2005);
    cr_assert_eq(ONE("\x66\xeb\x80")->imm, 0x0f83); /* a 16-bit jump cuts its target */
}

Test(decode, segment_override_is_a_record_of_its_own)
{
    unsigned n = decode((const uint8_t *)"\x65\xa1\x14\x00\x00\x00", 6, 0, records); /* mov eax, gs:0x14 */
    enum sreg s;
    cr_assert_eq(n, 2);
    cr_assert_eq(records[0].op, OP_EA);
    cr_assert(insn_seg(&records[0], &s));
    cr_assert_eq(s, GS);
    cr_assert_eq(records[0].disp, 0x14);
    cr_assert_eq(records[1].op, OP_MOV);
    cr_assert_eq(records[1].rbase, 4 * REG_EA);
    cr_assert_eq(records[1].len, 6);
}

Test(decode, lock_needs_memory)
{
    cr_assert_eq(ONE("\xf0\x01\x03")->op, OP_ADD);
    cr_assert_eq(ONE("\xf0\x01\xc3")->op, OP_INVALID);
    cr_assert_eq(ONE("\xf0\x3b\x03")->op, OP_INVALID);
}

Test(decode, asks_for_more_bytes)
{
    static const uint8_t bytes[] = {0x81, 0x84, 0x8b, 1, 2, 3, 4, 5, 6, 7, 8};
    for (unsigned n = 0; n < sizeof bytes; n++)
        cr_assert_eq(decode(bytes, n, 0, records), 0, "%u bytes", n);
    cr_assert_eq(decode(bytes, sizeof bytes, 0, records), 1);
}

Test(decode, length_limit)
{
    uint8_t bytes[16];
    for (unsigned k = 0; k < 16; k++)
        bytes[k] = k < 14 ? 0x66 : 0x90;
    cr_assert_eq(decode(bytes, 16, 0, records), 1);
    cr_assert_eq(records[0].op, OP_NOP);
    cr_assert_eq(records[0].len, 15);
    bytes[14] = 0x66;
    decode(bytes, 16, 0, records);
    cr_assert_eq(records[0].op, OP_PRIVILEGED);
    bytes[13] = 0x0f; /* a group whose ModRM byte would be the 16th */
    bytes[14] = 0xba;
    bytes[15] = 0;
    cr_assert_eq(decode(bytes, 16, 0, records), 1);
    cr_assert_eq(records[0].op, OP_PRIVILEGED);
    cr_assert_eq(decode(bytes, 15, 0, records), 1);
    cr_assert_eq(records[0].op, OP_PRIVILEGED);
}

Test(disasm, is_bounded)
{
    char text[8] = "xxxxxxx";
    cr_assert_eq(disasm((const uint8_t *)"\x66\x8b\x8c\xb3\x78\x56\x34\x12", 8, 0, true, text, sizeof text),
                 8);
    cr_assert_str_eq(text, "mov cx,");
    cr_assert_eq(disasm((const uint8_t *)"\x0f\x0a", 2, 0, true, text, sizeof text), 0);
    cr_assert_str_eq(text, "(bad)");
}
