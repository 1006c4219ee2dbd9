# Random system calls with hostile arguments, and what reaches for descriptors that belong to tierrun.
# A long run has the sanitizers: make check-sysfuzz CALLS=10000000 [SEED=N]. It says which calls have never succeeded.
LANES += sysfuzz
ASAN_LANES += sysfuzz
SYSFUZZ_GUEST := $(TESTS)/sysfuzz/hostile
SYSFUZZ_REACH := $(TESTS)/sysfuzz/reach
SYSFUZZ_CALLS := $(or $(CALLS),$(if $(LONG),1000000,30000))
SYSFUZZ_LONG := $(CALLS)$(LONG)

$(SYSFUZZ_GUEST): $(addprefix tests/sysfuzz/,hostile.c draw.c likely.c task.c message.c spare.c hostile.h likely.h) \
		tests/guest/sys/raw.h syscalls/args.h $(wildcard syscalls/*.def)
	@mkdir -p $(@D)
	$(GUEST_CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARN) -O2 -static -o $@ $(filter tests/sysfuzz/%.c,$^) -pthread

$(SYSFUZZ_REACH): tests/sysfuzz/reach.c tests/guest/sys/raw.h
	@mkdir -p $(@D)
	$(GUEST_CC) -std=gnu11 -D_GNU_SOURCE -I. $(WARN) -O2 -static -o $@ $<

check-sysfuzz: $(if $(SYSFUZZ_LONG),$(BIN_asan),$(TIERRUN_NATIVE)) $(SYSFUZZ_GUEST) $(SYSFUZZ_REACH)
	$(call run-lane,sysfuzz,env ASAN_OPTIONS=detect_leaks=0 bash tests/sysfuzz/run.sh $< $(SYSFUZZ_GUEST) $(SYSFUZZ_REACH) \
		$(SYSFUZZ_CALLS) $(SEED))
