# Guest programs against this machine's CPU: natively built tierrun, and the MIPS64 build under qemu-mips64el as
# both kinds of host CPU; each also as on a host with pages of 16 KiB, and with --x87=double.
LANES += guest guest-mips64 guest-msa guest-16k guest-check
GUEST_RUN = TIERRUN_NATIVE=$(TIERRUN_NATIVE) TIERRUN_MIPS64=$(TIERRUN_MIPS64) SYSROOT_I386=$(SYSROOT_I386) \
	GUEST_CC=$(GUEST_CC) MIPS64_CC=$(MIPS64_CC) QEMU_MIPS64=$(QEMU_MIPS64) bash tests/guest/run.sh

check-guest: $(TIERRUN_NATIVE) $(SYSROOT_I386)/.packages
	$(call run-lane,guest,env $(GUEST_RUN) --lane native --lane native-16k --lane double)

# A long run has each lane; else some stand for their like: --tier=auto is the lanes' of guest-check and loongson,
# which has pages of 16 KiB as well.
check-guest-mips64: $(TIERRUN_MIPS64) $(SYSROOT_I386)/.packages
	$(call run-lane,guest-mips64,env $(GUEST_RUN) --lane loongson --lane loongson-jit --lane r2-jit \
		--lane r2-double-auto \
		$(if $(LONG),--lane loongson-double-jit --lane r2-16k --lane loongson-auto --lane r2-auto --lane loongson-16k --lane r2 --lane loongson-double))

# A CPU that has MSA: the programs of packed instructions.
check-guest-msa: $(TIERRUN_MIPS64) $(SYSROOT_I386)/.packages
	$(call run-lane,guest-msa,env $(GUEST_RUN) --lane msa-jit --only 'simd/*' $(if $(LONG),--lane msa-auto-check))

# Translated code in host pages of mixed protection.
check-guest-16k: $(TIERRUN_MIPS64) $(SYSROOT_I386)/.packages
	$(call run-lane,guest-16k,env $(GUEST_RUN) --lane r2-jit-16k $(if $(LONG),,--only 'sys/mixed*'))

# Translated code compared with the interpreter: the first entries of each translation, then one in CHECK_EACH. With
# --x87=double the lane double does it for the programs that compute; a long run for all.
check-guest-check: $(TIERRUN_MIPS64) $(SYSROOT_I386)/.packages
	$(call run-lane,guest-check,env $(GUEST_RUN) --lane r2-jit-check --lane loongson-auto-check \
		$(if $(LONG),--lane loongson-double-jit-check --lane r2-double-auto-check))

# Threads under ThreadSanitizer, which must have nothing to say of what belongs to tierrun.
LONG_LANES += tsan
check-tsan: $(BIN_tsan) $(SYSROOT_I386)/.packages
	$(call run-lane,tsan,env TIERRUN_TSAN=$(BIN_tsan) $(GUEST_RUN) --lane tsan)
