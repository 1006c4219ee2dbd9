# The benchmark guests (static i386 programs, and the same for MIPS64), what measures them, and the targets that do.
# bench/plan says which programs and builds there are.
BENCH_PLAN := $(shell awk '!/^\#/ { gsub(/[()]/, ""); print }' bench/plan 2>/dev/null | \
	awk '{ for (i = 5; i <= NF; i++) print $$1 ":" $$i }')
BENCH_NAMES := $(sort $(foreach p,$(BENCH_PLAN),$(firstword $(subst :, ,$(p)))))
BENCH_GUESTS := $(patsubst %-O2,%,$(addprefix $(BUILD)/bench/,$(subst :,-,$(BENCH_PLAN))))
BENCH_MIPS64 := $(patsubst %,%.mips64,$(filter-out %-sse2 %-sse2-O0,$(BENCH_GUESTS)))
# Those that a make bench measures, and each with what it is compared with.
with_mips64 = $(addprefix $(BUILD)/bench/,$(sort $(1) $(addsuffix .mips64,$(subst -sse2,,$(1)))))
bench_chosen = $(call with_mips64,$(shell bench/bench.py --list $(1) 2>/dev/null | sed 's/ .*//'))
INSNCOUNT := $(BUILD)/bench/insncount.so
SPENT := $(BUILD)/bench/spent
QEMU_I386_MIPS64 := $(BUILD)/sysroot-qemu
BENCH_C = -std=c11 -D_GNU_SOURCE -I. $(WARN) -static
DEMO_GUESTS := $(addprefix $(BUILD)/bench/,whetstone dhrystone linpack)
BENCH_TOOLS := $(INSNCOUNT) $(SPENT) $(BUILD)/bench/hello

# Programs that share a source: -sp is single precision, -1000 the larger system.
variant_defines = $(if $(findstring -sp,$(1)),-DSINGLE) $(if $(findstring -unrolled,$(1)),-DUNROLLED)
source_of = bench/$(subst -sp,,$(subst -unrolled,,$(subst -1000,1000,$(1)))).c

define bench_program
$(BUILD)/bench/$(1) $(BUILD)/bench/$(1)-O0 $(BUILD)/bench/$(1)-sse2 $(BUILD)/bench/$(1)-sse2-O0: $(call source_of,$(1)) $(wildcard bench/*.h) bench/rules.mk
	@mkdir -p $$(@D)
	$$(call say,GCC,$$@) $$(GUEST_CC) $$(BENCH_C) $(call variant_defines,$(1)) $$(BENCH_OPT) -o $$@ $$(filter %.c,$$^) -lm

$(BUILD)/bench/$(1).mips64 $(BUILD)/bench/$(1)-O0.mips64: $(call source_of,$(1)) $(wildcard bench/*.h) bench/rules.mk
	@mkdir -p $$(@D)
	$$(call say,GCC,$$@) $$(MIPS64_CC) -mips64r2 -mabi=64 $$(BENCH_C) $(call variant_defines,$(1)) $$(BENCH_OPT) -o $$@ \
		$$(filter %.c,$$^) -lm

$(BUILD)/bench/$(1) $(BUILD)/bench/$(1).mips64: BENCH_OPT := -O2
$(BUILD)/bench/$(1)-O0 $(BUILD)/bench/$(1)-O0.mips64: BENCH_OPT := -O0
$(BUILD)/bench/$(1)-sse2: BENCH_OPT := -O2 -msse2 -mfpmath=sse
$(BUILD)/bench/$(1)-sse2-O0: BENCH_OPT := -O0 -msse2 -mfpmath=sse
endef
$(foreach p,$(BENCH_NAMES),$(eval $(call bench_program,$(p))))

$(filter $(BUILD)/bench/dhrystone%,$(BENCH_GUESTS) $(BENCH_MIPS64)): bench/dhrystone2.c

$(BUILD)/bench/hello: tests/bench/hello.c
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) -std=c11 $(WARN) -O2 -static -o $@ $<

$(INSNCOUNT): bench/insncount.c
	@mkdir -p $(@D)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<

$(SPENT): bench/spent.c
	@mkdir -p $(@D)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -o $@ $<

$(SPENT).mips64: bench/spent.c
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(MIPS64_CC) -mips64r2 -mabi=64 $(BENCH_C) -O2 -o $@ $<

$(QEMU_I386_MIPS64)/.packages: scripts/sysroots.sh
	@BUILD=$(BUILD) sh scripts/sysroots.sh qemu || echo 'bench: qemu-i386 for MIPS64 will be missing in the table'

# make bench BENCH="dhry linpack"; make bench BENCH_PROG=/bin/i386-program BENCH_ARGS='its arguments' BENCH_SYSROOT=its-libraries
bench: native mips64 $(BENCH_TOOLS) $(QEMU_I386_MIPS64)/.packages
	@$(if $(BENCH_PROG),,$(MAKE) -s --no-print-directory $(call bench_chosen,$(BENCH)))
	@BUILD=$(BUILD) bench/bench.py $(BENCH_OPTIONS) $(if $(BENCH_SYSROOT),--sysroot '$(BENCH_SYSROOT)') $(if $(BENCH_PROG),--program '$(BENCH_PROG)' -- $(BENCH_ARGS),$(BENCH))

# Instruction counts of five guests beside the committed ones: fails when one has risen by more than 2 %.
BASELINE := tests/bench/baseline.json
BASELINE_NEEDS = $(BIN_native) $(BIN_mips64) $(BENCH_TOOLS) $(addprefix $(BUILD)/bench/,dhrystone integer medley whetstone linpack)

.PHONY: bench-kit bench-record
bench-check: $(BASELINE_NEEDS)
	@BUILD=$(BUILD) bench/baseline.py $(BASELINE)

bench-baseline: $(BASELINE_NEEDS)
	@BUILD=$(BUILD) bench/baseline.py --update $(BASELINE)
	@git diff --stat -- $(BASELINE)

# The documents' charts and tables, from docs/bench.json. bench-record: with what make bench has just measured.
bench-plot:
	@bench/document.py docs

bench-record:
	cp $(BUILD)/bench/bench.json docs/bench.json
	@bench/document.py docs

# What a MIPS64 machine needs to run bench/bench.py: unpack it there, cd tierrun-bench, bench/bench.py.
KIT := $(BUILD)/bench/tierrun-bench
BENCH_ALWAYS = $(call bench_chosen,)
bench-kit: $(BIN_mips64) $(BUILD)/bench/hello $(SPENT).mips64 $(QEMU_I386_MIPS64)/.packages
	@$(MAKE) -s --no-print-directory $(BENCH_ALWAYS)
	@rm -rf $(KIT) && mkdir -p $(KIT)/bench $(KIT)/build/bench $(KIT)/build/mips64 $(KIT)/build/sysroot-qemu/usr/bin
	@cp bench/*.py bench/plan $(KIT)/bench
	@cp $(BIN_mips64) $(KIT)/build/mips64
	@cp $(BENCH_ALWAYS) $(BUILD)/bench/hello $(KIT)/build/bench
	@cp $(SPENT).mips64 $(KIT)/build/bench/spent
	@cp $(QEMU_I386_MIPS64)/usr/bin/* $(KIT)/build/sysroot-qemu/usr/bin 2>/dev/null || :
	@tar -C $(BUILD)/bench -I 'gzip -1' -cf $(KIT).tar.gz tierrun-bench && rm -rf $(KIT)
	@echo $(KIT).tar.gz
