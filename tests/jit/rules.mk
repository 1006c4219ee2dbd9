# The MIPS64 encoder against the disassembler, and the parts of the JIT that need no guest.
LANES += jit
JIT_HOST_TESTS := $(addprefix $(TESTS)/jit/,encode constant memory effects slots)
JIT_MIPS_TESTS := $(addprefix $(TESTS)/jit/,execute fill)
JIT_GUESTS := $(addprefix $(TESTS)/jit/,wide threads misaligned)
JIT_HEADERS := $(wildcard jit/mips64/*.h jit/mips64/*.def tests/jit/*.h)

$(JIT_HOST_TESTS): $(TESTS)/jit/%: tests/jit/%.c $(JIT_HEADERS)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^)

$(JIT_MIPS_TESTS): $(TESTS)/jit/%: tests/jit/%.c $(JIT_HEADERS) | $(NEEDS_mips64)
	@mkdir -p $(@D)
	$(CC_mips64) $(CFLAGS_mips64) $(LDFLAGS_mips64) -o $@ $(filter %.c,$^)

$(TESTS)/jit/wrong: tests/jit/wrong.c $(JIT_HEADERS) $(LIB_mips64) jit/check.h
	@mkdir -p $(@D)
	$(CC_mips64) $(CFLAGS_mips64) $(LDFLAGS_mips64) -o $@ $< $(LIB_mips64) $(LIBS_mips64)

$(JIT_HOST_TESTS) $(JIT_MIPS_TESTS): jit/mips64/effects.c # emit() fills delay slots
$(TESTS)/jit/constant: jit/mips64/constant.c
$(TESTS)/jit/memory: jit/mips64/memory.c
$(TESTS)/jit/execute: $(addprefix jit/mips64/,memory.c constant.c features.c)
$(TESTS)/jit/fill: jit/mips64/memory.c

$(JIT_GUESTS): $(TESTS)/jit/%: tests/jit/guest/%.c
	@mkdir -p $(@D)
	$(GUEST_CC) -static -O2 -msse2 -pthread -o $@ $<

check-jit: $(JIT_GUESTS) $(TESTS)/jit/wrong $(JIT_HOST_TESTS) $(JIT_MIPS_TESTS) $(TIERRUN_MIPS64)
	$(call run-lane,jit,sh tests/jit/run.sh $(TESTS)/jit '$(QEMU_MIPS64)' $(TIERRUN_MIPS64))
