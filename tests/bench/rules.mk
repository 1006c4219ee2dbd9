# The demonstration with small counts, and what a whole process costs on MIPS64.
LANES += bench
check-bench: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BENCH_GUESTS) $(BUILD)/bench/hello $(INSNCOUNT)
	$(call run-lane,bench,sh tests/bench/run.sh)
