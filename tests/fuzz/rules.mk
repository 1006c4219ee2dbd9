# Mutated ELF files through the loader, always with ASan and UBSan.
LANES += loader-fuzz
FUZZ_VICTIMS := $(addprefix $(TESTS)/fuzz/victim-,dynamic pie tiny)

$(TESTS)/fuzz/victim-dynamic $(TESTS)/fuzz/victim-pie $(TESTS)/fuzz/victim-tiny: tests/fuzz/victim.c
	@mkdir -p $(@D)
	$(GUEST_CC) $(VICTIM_FLAGS) -o $@ $<
$(TESTS)/fuzz/victim-pie: VICTIM_FLAGS := -nostdlib -static-pie -Wl,-e,main
$(TESTS)/fuzz/victim-tiny: VICTIM_FLAGS := -nostdlib -static -Wl,-e,main

$(TESTS)/fuzz/loader_fuzz: tests/fuzz/loader_fuzz.c $(wildcard mm/*.[ch])
	@mkdir -p $(@D)
	$(CC_asan) $(CFLAGS_asan) $(LDFLAGS_asan) -o $@ $(filter %.c,$^) $(LIBS_asan)

check-loader-fuzz: $(TESTS)/fuzz/loader_fuzz $(FUZZ_VICTIMS)
	$(call run-lane,loader-fuzz,timeout 900 $< 1 $(if $(LONG),5000,150) $(FUZZ_VICTIMS))

# Random bytes through the decoder and the disassembler, always with ASan and UBSan.
LANES += decoder-fuzz

$(TESTS)/fuzz/decoder_fuzz: tests/fuzz/decoder_fuzz.c interp/decode.c interp/disasm.c $(wildcard interp/*.def interp/*.h)
	@mkdir -p $(@D)
	$(CC_asan) $(CFLAGS_asan) $(LDFLAGS_asan) -o $@ $(filter %.c,$^)

check-decoder-fuzz: $(TESTS)/fuzz/decoder_fuzz
	$(call run-lane,decoder-fuzz,timeout 900 $< 1 $(if $(LONG),20000000,500000))
