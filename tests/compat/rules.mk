# Programs of Debian's i386 archive against this machine's CPU, as a table: make compat, or some of them with
# COMPAT='git*'. Not a lane: it downloads 300 MB and takes a quarter of an hour.
SYSROOT_COMPAT := $(BUILD)/sysroot-compat
COMPAT ?= *
SYSROOT_HEAVY := $(BUILD)/sysroot-heavy
.PHONY: compat compat-heavy compat-kernel compat-stress
compat: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	@bash tests/compat/run.sh $(SYSROOT_COMPAT) $(TIERRUN_NATIVE) '$(QEMU_MIPS64) $(TIERRUN_MIPS64)' \
		$(BUILD)/compat.md '$(COMPAT)'

# A fifth of both lists on a kernel with pages of 16 KiB; within a quarter of an hour, most of it QEMU's.
compat-kernel: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BUILD)/sysroot-loongson/.packages
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	@bash tests/compat/kernel.sh $(SYSROOT_COMPAT) $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BUILD)/compat-kernel.md

# Runtimes, servers and Python's own tests: 500 MB more to download, and each row is bounded to five minutes.
compat-heavy: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh heavy
	@COMPAT_SECONDS=$${COMPAT_SECONDS:-300} COMPAT_CPU=max bash tests/compat/run.sh $(SYSROOT_HEAVY) $(TIERRUN_NATIVE) \
		'$(QEMU_MIPS64) $(TIERRUN_MIPS64)' $(BUILD)/compat-heavy.md '$(COMPAT)' heavy

# stress-ng's stressors one by one, a few operations of each.
compat-stress: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	@ulimit -f 2000000; COMPAT_SECONDS=$${COMPAT_SECONDS:-60} bash tests/compat/run.sh $(SYSROOT_COMPAT) $(TIERRUN_NATIVE) \
		'$(QEMU_MIPS64) $(TIERRUN_MIPS64)' $(BUILD)/compat-stress.md '$(COMPAT)' stress
