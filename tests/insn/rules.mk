# Each instruction in each form against the real CPU, in the native and in the MIPS64 build; the disassembler
# against objdump.
LANES += insn
ASAN_LANES += insn
INSN_DIR := $(TESTS)/insn
INSN_RUNNER := $(INSN_DIR)/runner
INSN_HEADERS := $(wildcard tests/insn/*.h tests/insn/guest/*.h interp/*.def) interp/insn.h
INSN_GEN := $(addprefix tests/insn/,walk.c simd.c forms.c setup.c special.c random.c excluded.c)

$(INSN_RUNNER): $(wildcard tests/insn/guest/*.[cS] tests/insn/guest/*.inc) $(INSN_HEADERS)
	@mkdir -p $(@D)
	$(GUEST_CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) -O2 -ffreestanding -nostdlib -static -fno-pie -no-pie \
		-Wl,-z,max-page-size=0x10000 \
		-fno-stack-protector -fno-asynchronous-unwind-tables -mno-sse -mno-mmx -o $@ $(filter %.c %.S,$^)

$(INSN_DIR)/check: tests/insn/check.c tests/insn/compare.c $(INSN_GEN) $(INSN_HEADERS) $(TIERRUN_LIB)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^) $(TIERRUN_LIB) $(TEST_LIBS)

$(INSN_DIR)/disasm_check: tests/insn/disasm_check.c $(INSN_GEN) $(INSN_HEADERS) $(TIERRUN_LIB)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^) $(TIERRUN_LIB) $(TEST_LIBS)

check-insn: $(INSN_DIR)/check $(INSN_DIR)/disasm_check $(INSN_RUNNER) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	$(call run-lane,insn,env OBJDUMP=$(subst gcc,objdump,$(GUEST_CC)) \
		sh tests/insn/run.sh $(INSN_DIR) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(QEMU_MIPS64))
