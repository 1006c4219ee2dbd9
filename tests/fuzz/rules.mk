# Mutated ELF files through the loader, always with ASan and UBSan.
LANES += loader-fuzz
FUZZ_VICTIMS := $(addprefix $(TESTS)/fuzz/victim-,dynamic pie tiny)

$(TESTS)/fuzz/victim-dynamic $(TESTS)/fuzz/victim-pie $(TESTS)/fuzz/victim-tiny: tests/fuzz/victim.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(VICTIM_FLAGS) -o $@ $<
$(TESTS)/fuzz/victim-pie: VICTIM_FLAGS := -nostdlib -static-pie -Wl,-e,main
$(TESTS)/fuzz/victim-tiny: VICTIM_FLAGS := -nostdlib -static -Wl,-e,main

$(TESTS)/fuzz/loader_fuzz: tests/fuzz/loader_fuzz.c tests/fuzz/elf_mutate.c tests/fuzz/elf_mutate.h $(wildcard mm/*.[ch])
	@mkdir -p $(@D)
	$(CC_asan) $(CFLAGS_asan) $(LDFLAGS_asan) -o $@ $(filter %.c,$^) $(LIBS_asan)

check-loader-fuzz: $(TESTS)/fuzz/loader_fuzz $(FUZZ_VICTIMS)
	$(call run-lane,loader-fuzz,timeout 900 $< 1 $(if $(LONG),5000,150) $(FUZZ_VICTIMS))

# Mutated ELF files, executed by this machine's kernel, by a guest and by tierrun.
LANES += elf-fuzz
ASAN_LANES += elf-fuzz
EXEC_TOOLS := $(addprefix $(TESTS)/fuzz/,elf_mutants launch launch-host)
EXEC_VICTIMS := $(addprefix $(TESTS)/fuzz/exec-,static pie omagic asks)

$(TESTS)/fuzz/elf_mutants: tests/fuzz/elf_mutants.c tests/fuzz/elf_mutate.c tests/fuzz/elf_mutate.h
	@mkdir -p $(@D)
	$(CC_native) $(CFLAGS_native) -o $@ $(filter %.c,$^)

$(TESTS)/fuzz/launch-host: tests/fuzz/exec/launch.c
	@mkdir -p $(@D)
	$(CC_native) $(CFLAGS_native) -o $@ $<

$(TESTS)/fuzz/launch: tests/fuzz/exec/launch.c
	@mkdir -p $(@D)
	$(GUEST_CC) -std=c11 -D_GNU_SOURCE $(WARN) -O2 -static -o $@ $<

$(EXEC_VICTIMS): tests/fuzz/exec/victim.S tests/fuzz/exec/asks.S
	@mkdir -p $(@D)
	$(GUEST_CC) -nostdlib $(EXEC_FLAGS) -o $@ $(filter %/victim.S $(EXEC_ASKS),$^)
$(TESTS)/fuzz/exec-static: EXEC_FLAGS := -static
$(TESTS)/fuzz/exec-pie: EXEC_FLAGS := -static-pie
$(TESTS)/fuzz/exec-omagic: EXEC_FLAGS := -static -Wl,-N,--no-warn-rwx-segments
$(TESTS)/fuzz/exec-asks: EXEC_FLAGS := -static
$(TESTS)/fuzz/exec-asks: EXEC_ASKS := tests/fuzz/exec/asks.S

check-elf-fuzz: $(TIERRUN_NATIVE) $(EXEC_TOOLS) $(EXEC_VICTIMS) $(TESTS)/fuzz/victim-dynamic
	$(call run-lane,elf-fuzz,env ASAN_OPTIONS=detect_leaks=0 bash tests/fuzz/exec/run.sh $< $(EXEC_TOOLS) \
		$(or $(CALLS),$(if $(LONG),4000,150)) $(or $(SEED),1) $(EXEC_VICTIMS) $(TESTS)/fuzz/victim-dynamic)

# Random bytes through the decoder and the disassembler, always with ASan and UBSan.
LANES += decoder-fuzz

$(TESTS)/fuzz/decoder_fuzz: tests/fuzz/decoder_fuzz.c interp/decode.c interp/decode_simd.c interp/simd.c \
		interp/features.c interp/disasm.c $(wildcard interp/*.def interp/*.h)
	@mkdir -p $(@D)
	$(CC_asan) $(CFLAGS_asan) $(LDFLAGS_asan) -o $@ $(filter %.c,$^)

check-decoder-fuzz: $(TESTS)/fuzz/decoder_fuzz
	$(call run-lane,decoder-fuzz,timeout 900 $< 1 $(if $(LONG),20000000,500000))

# Random programs on this machine's CPU, in each tier, and in the MIPS64 build as both kinds of host CPU.
LANES += program-fuzz
PROG_RUNNER := $(TESTS)/fuzz/runner
PROG_FUZZ := $(TESTS)/fuzz/progfuzz
PROG_GUEST := $(wildcard tests/fuzz/guest/*.[cS]) $(addprefix tests/insn/guest/,start.S system.c values.c values_x87.c values_simd.c)
PROG_HEADERS := $(wildcard tests/fuzz/*.h tests/fuzz/guest/*.h tests/insn/*.h tests/insn/guest/*.h tests/insn/guest/*.inc)

$(PROG_RUNNER): $(PROG_GUEST) $(PROG_HEADERS)
	@mkdir -p $(@D)
	$(GUEST_CC) -std=c11 -D_GNU_SOURCE -I. $(WARN) -O2 -ffreestanding -nostdlib -static -fno-pie -no-pie \
		-Wl,-z,max-page-size=0x1000 -Wl,--build-id=none \
		-Wl,--section-start=.stubs=0x0f000000 -Wl,--section-start=.batch=0x10000000 \
		-fno-stack-protector -fno-asynchronous-unwind-tables -mno-sse -mno-mmx -o $@ $(PROG_GUEST)

$(PROG_FUZZ): tests/fuzz/progfuzz.c tests/fuzz/progen.c $(wildcard tests/fuzz/prog_*.c) $(PROG_HEADERS) $(TIERRUN_LIB) \
		| $(PROG_RUNNER)
	@mkdir -p $(@D)
	$(CC_native) $(TEST_CFLAGS) $(TEST_LDFLAGS) -o $@ $(filter %.c,$^) $(TIERRUN_LIB) $(TEST_LIBS)

check-program-fuzz: $(PROG_FUZZ) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	$(call run-lane,program-fuzz,sh tests/fuzz/run.sh $(PROG_FUZZ) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(QEMU_MIPS64))

# Random bytes as programs, in each tier.
LANES += noise-fuzz
ASAN_LANES += noise-fuzz
check-noise-fuzz: $(PROG_FUZZ) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	$(call run-lane,noise-fuzz,env ASAN_OPTIONS=detect_leaks=0 sh tests/fuzz/run.sh $(PROG_FUZZ) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) \
		$(QEMU_MIPS64) noise)
