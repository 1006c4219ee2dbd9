# --x87=double: the same bits from the native and from the MIPS64 build.
LANES += double
DOUBLE_DIR := $(TESTS)/double
DOUBLE_GUESTS := $(addprefix $(DOUBLE_DIR)/,libm_double libm_float libm_long float_ops float_env x87_raw x87_loops guards matrix nbody \
	stdio_format fft alignment copies)

$(DOUBLE_DIR)/%: tests/guest/c/%.c tests/guest/guest.h
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) -std=gnu11 -D_GNU_SOURCE -I. -O2 -static -o $@ $< -lm

$(DOUBLE_DIR)/copies: tests/double/copies.c
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) -std=gnu11 -I. $(WARN) -O2 -static -o $@ $< -lm

check-double: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(DOUBLE_GUESTS) $(BUILD)/bench/whetstone $(BUILD)/bench/linpack
	$(call run-lane,double,bash tests/double/run.sh $(TIERRUN_NATIVE) '$(QEMU_MIPS64) \
		$(TIERRUN_MIPS64)' $(DOUBLE_GUESTS) $(BUILD)/bench/whetstone $(BUILD)/bench/linpack)
