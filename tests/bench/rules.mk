# The demonstration with small counts, and what a whole process costs on MIPS64.
LANES += bench
BENCH_TRIED := $(shell sed -n '/<<GUESTS/,/^GUESTS/s/ [0-9]*$$//p' tests/bench/run.sh) dhrystone
check-bench: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(call with_mips64,$(BENCH_TRIED)) $(DEMO_GUESTS) $(BENCH_TOOLS) \
		$(QEMU_I386_MIPS64)/.packages $(SYSROOT_I386)/.packages
	$(call run-lane,bench,sh tests/bench/run.sh)
