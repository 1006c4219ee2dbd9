# The benchmark guests (static i386 programs), and the plugin that counts instructions under QEMU.
BENCH := whetstone dhrystone linpack integer medley
BENCH_O2 := $(BENCH:%=$(BUILD)/bench/%)
BENCH_O0 := $(BENCH:%=$(BUILD)/bench/%-O0)
BENCH_GUESTS := $(BENCH_O2) $(BENCH_O0)
INSNCOUNT := $(BUILD)/bench/insncount.so
build_guest = $(call say,GCC,$@) $(GUEST_CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) $(1) -static -o $@ $(filter %.c,$^) -lm

$(BENCH_O2): $(BUILD)/bench/%: bench/%.c bench/list.h bench/report.h
	@mkdir -p $(@D)
	$(call build_guest,-O2)

$(BENCH_O0): $(BUILD)/bench/%-O0: bench/%.c bench/list.h bench/report.h
	@mkdir -p $(@D)
	$(call build_guest,-O0)

$(BUILD)/bench/dhrystone $(BUILD)/bench/dhrystone-O0: bench/dhrystone2.c bench/dhrystone.h

$(BUILD)/bench/hello: tests/bench/hello.c
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) -std=c11 $(WARN) -O2 -static -o $@ $<

$(INSNCOUNT): bench/insncount.c
	@mkdir -p $(@D)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<
