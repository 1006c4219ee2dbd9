# The benchmark guests (static i386 programs), and the plugin that counts instructions under QEMU.
BENCH := whetstone dhrystone linpack integer
BENCH_GUESTS := $(BENCH:%=$(BUILD)/bench/%)
INSNCOUNT := $(BUILD)/bench/insncount.so

$(BENCH_GUESTS): $(BUILD)/bench/%: bench/%.c bench/report.h
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) -O2 -static -o $@ $(filter %.c,$^) -lm

$(BUILD)/bench/dhrystone: bench/dhrystone2.c bench/dhrystone.h

$(BUILD)/bench/hello: tests/bench/hello.c
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) -std=c11 $(WARN) -O2 -static -o $@ $<

$(INSNCOUNT): bench/insncount.c
	@mkdir -p $(@D)
	$(call say,CC,$@) $(CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -fPIC -shared -o $@ $<
