# Random mmap, mprotect, mremap … sequences: mm against the real kernel, with each host page size.
LANES += mm
ASAN_LANES += mm
MM_NATIVE := $(TESTS)/mm/native
MM_MODEL := $(TESTS)/mm/model
MM_MIPS64 := $(TESTS)/mm/model-mips64

$(MM_NATIVE): tests/mm/native.c tests/mm/ops.c tests/mm/ops.h
	@mkdir -p $(@D)
	$(GUEST_CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) -O1 -static -o $@ $(filter %.c,$^)

$(MM_MODEL): tests/mm/model.c tests/mm/ops.c tests/mm/ops.h $(TIERRUN_LIB)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^) $(TIERRUN_LIB) $(TEST_LIBS)

$(MM_MIPS64): tests/mm/model.c tests/mm/ops.c tests/mm/ops.h $(LIB_mips64)
	@mkdir -p $(@D)
	$(CC_mips64) $(CFLAGS_mips64) $(LDFLAGS_mips64) -o $@ $(filter %.c,$^) $(LIB_mips64) $(LIBS_mips64)

check-mm: $(MM_NATIVE) $(MM_MODEL) $(MM_MIPS64)
	$(call run-lane,mm,bash tests/mm/run.sh $(TESTS)/mm $(QEMU_MIPS64))
