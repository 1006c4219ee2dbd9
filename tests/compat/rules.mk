# Programs of Debian's i386 archive against this machine's CPU, as a table: make compat, or some of them with
# COMPAT='git*'. Not a lane: it downloads 300 MB and takes a quarter of an hour.
SYSROOT_COMPAT := $(BUILD)/sysroot-compat
COMPAT ?= *
.PHONY: compat
compat: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	@bash tests/compat/run.sh $(SYSROOT_COMPAT) $(TIERRUN_NATIVE) '$(QEMU_MIPS64) $(TIERRUN_MIPS64)' \
		$(BUILD)/compat.md '$(COMPAT)'
