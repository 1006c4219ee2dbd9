# Unit tests (Criterion): each tests/unit/test_*.c is a program of its own.
LANES += unit
ASAN_LANES += unit
UNIT_TESTS := $(patsubst tests/unit/%.c,$(TESTS)/unit/%,$(wildcard tests/unit/test_*.c))

$(TESTS)/unit/%: tests/unit/%.c $(wildcard tests/unit/*.h) $(TIERRUN_LIB)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $< $(TIERRUN_LIB) -lcriterion $(TEST_LIBS)

check-unit: $(UNIT_TESTS)
	$(call run-lane,unit,env GUEST_CC=$(GUEST_CC) sh tests/unit/run.sh $(TESTS)/unit $(UNIT_TESTS))
