# Test lanes. A lane is a folder tests/LANE with a rules.mk that says
#
#     LANES += LANE                     (part of make check)
#     LONG_LANES += LANE                (instead: part of make check-long only)
#     ASAN_LANES += LANE                (part of make check-asan as well: optional)
#     check-LANE: $(TIERRUN_NATIVE) …   (what it needs)
#     	$(call run-lane,LANE,COMMAND…)  (runs it; the command's last line is `N passed, N failed`)
#
# It may use the variables below, and keeps its own output under $(TESTS)/LANE. Never name build/native in
# a rule: check-asan runs the same rules with other values. LONG=1 asks for a long run.

RESULTS ?= $(BUILD)/results
TESTS ?= $(BUILD)/tests
TIERRUN_NATIVE ?= $(BIN_native)
TIERRUN_LIB ?= $(LIB_native)
TIERRUN_MIPS64 ?= $(BIN_mips64)
TEST_CFLAGS ?= $(CFLAGS_native)
TEST_LDFLAGS ?= $(LDFLAGS_native)
TEST_LIBS ?= $(LIBS_native)
LANES :=
LONG_LANES :=
ASAN_LANES :=

run-lane = @RESULTS=$(RESULTS) BUILD=$(BUILD) TESTS=$(TESTS) LONG=$(LONG) sh scripts/lane.sh $(1) $(2)

-include $(wildcard tests/*/rules.mk)

LANES += build
.PHONY: $(LANES:%=check-%) $(LONG_LANES:%=check-%) lanes

# gcc, clang and the MIPS64 cross compiler, all without a warning: a warning is an error.
check-build: $(BIN_native) $(BIN_clang) $(BIN_mips64)
	$(call run-lane,build,sh tests/build.sh $(BIN_native) $(BIN_clang) '$(QEMU_MIPS64) $(BIN_mips64)')

lanes: $(LANES:%=check-%) $(if $(LONG),$(LONG_LANES:%=check-%))

check: setup
	@rm -rf $(RESULTS)
	@$(MAKE) --no-print-directory -k -j$(JOBS) --output-sync=target lanes; \
		RESULTS=$(RESULTS) sh scripts/summary.sh $(LANES)

check-long: setup
	@rm -rf $(RESULTS)
	@$(MAKE) --no-print-directory -k -j$(JOBS) --output-sync=target LONG=1 lanes; \
		RESULTS=$(RESULTS) sh scripts/summary.sh $(LANES) $(LONG_LANES)

# No leak detection: what tierrun holds until its end is reachable only from memory that it maps by itself.
check-asan: setup
	@rm -rf $(RESULTS)-asan
	@LIMIT=1h ASAN_OPTIONS=detect_leaks=0:disable_coredump=0 $(MAKE) --no-print-directory -k -j$(JOBS) --output-sync=target RESULTS=$(RESULTS)-asan \
		TESTS=$(BUILD)/tests-asan TIERRUN_NATIVE=$(BIN_asan) TIERRUN_LIB=$(LIB_asan) \
		TEST_CFLAGS='$(CFLAGS_asan)' TEST_LDFLAGS='$(LDFLAGS_asan)' TEST_LIBS='$(LIBS_asan)' \
		$(ASAN_LANES:%=check-%); \
		RESULTS=$(RESULTS)-asan sh scripts/summary.sh $(ASAN_LANES)
