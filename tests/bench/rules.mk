# The demonstration with small counts, and what a whole process costs on MIPS64.
LANES += bench
check-bench: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BENCH_GUESTS) $(BENCH_MIPS64) $(BENCH_TOOLS) \
		$(QEMU_I386_MIPS64)/.packages $(SYSROOT_I386)/.packages
	$(call run-lane,bench,sh tests/bench/run.sh)
