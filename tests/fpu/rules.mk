# x87 against the host's own, where it has one (x86-64), and the MIPS64 build against the native one.
LANES += fpu
ASAN_LANES += fpu
FPU_DIR := $(TESTS)/fpu
FPU_NATIVE := $(addprefix $(FPU_DIR)/,compare direct double fused transcendental images)
FPU_HOST := tests/fpu/$(if $(filter x86_64,$(shell uname -m)),host_x86.c,host_none.c)
FPU_SHARED := tests/fpu/vectors.c tests/fpu/execute.c tests/fpu/quick.c tests/fpu/double_execute.c
FPU_HEADERS := tests/fpu/vectors.h tests/fpu/double.h fpu/direct.h fpu/fast.h fpu/dblfast.h fpu/dbl.h fpu/float80.h fpu/fpu.h
FPU_MIPS64 := $(addprefix $(FPU_DIR)/,compare-mips64 direct-mips64 double-mips64 fused-mips64 cost-mips64)

$(FPU_NATIVE): $(FPU_DIR)/%: tests/fpu/%.c $(FPU_SHARED) $(FPU_HOST) $(FPU_HEADERS) \
		$(TIERRUN_LIB)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^) $(TIERRUN_LIB) $(TEST_LIBS)

$(FPU_MIPS64): $(FPU_DIR)/%-mips64: tests/fpu/%.c $(FPU_SHARED) tests/fpu/host_none.c $(FPU_HEADERS) $(LIB_mips64)
	@mkdir -p $(@D)
	$(CC_mips64) $(CFLAGS_mips64) $(LDFLAGS_mips64) -o $@ $(filter %.c,$^) $(LIB_mips64) $(LIBS_mips64)

check-fpu: $(FPU_NATIVE) $(FPU_MIPS64)
	$(call run-lane,fpu,bash tests/fpu/run.sh $(FPU_DIR) $(QEMU_MIPS64))
