# The MIPS64 encoder against the disassembler.
LANES += jit

$(TESTS)/jit/encode: tests/jit/encode.c jit/mips64/encode.h jit/mips64/insns.def
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ tests/jit/encode.c

check-jit: $(TESTS)/jit/encode
	$(call run-lane,jit,sh tests/jit/encode.sh $(TESTS)/jit/encode $(TESTS)/jit)
