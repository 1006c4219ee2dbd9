# Random system calls with hostile arguments. A long run has the sanitizers and takes SYSFUZZ_SECONDS.
LANES += sysfuzz
ASAN_LANES += sysfuzz
SYSFUZZ_GUEST := $(TESTS)/sysfuzz/hostile
SYSFUZZ_SECONDS ?= $(if $(LONG),900,6)

$(SYSFUZZ_GUEST): tests/sysfuzz/hostile.c tests/guest/sys/raw.h syscalls/args.h $(wildcard syscalls/*.def)
	@mkdir -p $(@D)
	$(GUEST_CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARN) -O2 -static -o $@ $<

check-sysfuzz: $(if $(LONG),$(BIN_asan),$(TIERRUN_NATIVE)) $(SYSFUZZ_GUEST)
	$(call run-lane,sysfuzz,env ASAN_OPTIONS=detect_leaks=0 bash tests/sysfuzz/run.sh $< $(SYSFUZZ_GUEST) $(SYSFUZZ_SECONDS))
