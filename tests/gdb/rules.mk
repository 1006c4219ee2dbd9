# A debugger: Debian's gdb on programs that run in each tier, and malformed packets.
LANES += gdb
ASAN_LANES += gdb
check-gdb: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	$(call run-lane,gdb,bash tests/gdb/run.sh $(TIERRUN_NATIVE) $(TESTS)/gdb $(GUEST_CC) $(SYSROOT_I386) $(QEMU_MIPS64) \
		$(TIERRUN_MIPS64))
