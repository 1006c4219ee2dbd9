# The MIPS64 encoder against the disassembler, and the parts of the JIT that need no guest.
LANES += jit
JIT_TESTS := $(TESTS)/jit/encode $(TESTS)/jit/constant

$(JIT_TESTS): $(TESTS)/jit/%: tests/jit/%.c $(wildcard jit/mips64/*.h) jit/mips64/insns.def
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^)

$(TESTS)/jit/constant: jit/mips64/constant.c

check-jit: $(JIT_TESTS)
	$(call run-lane,jit,sh tests/jit/run.sh $(TESTS)/jit)
