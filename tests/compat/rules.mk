# Programs of Debian's i386 archive against this machine's CPU: make compat, or some of them with COMPAT='git*'. What it
# says goes into the tables of docs/COMPATIBILITY.md. It downloads 300 MB and takes a quarter of an hour, an hour at
# the most (COMPAT_MINUTES).
SYSROOT_COMPAT := $(BUILD)/sysroot-compat
COMPAT ?= *
SYSROOT_HEAVY := $(BUILD)/sysroot-heavy
SYSROOT_COMPAT_CHECK := $(BUILD)/sysroot-compat-check
SYSROOT_MORE := $(BUILD)/sysroot-more
.PHONY: compat compat-heavy compat-more compat-kernel compat-stress

# $(call compat-table,LIST,COLUMN,TABLE,COMMAND…): runs it, then puts its table into the document.
define compat-table
@status=0; $(4) || status=1; \
	awk -f tests/compat/doc.awk list=$(1) first=$(2) file=1 tests/compat/$(1) file=2 $(3) file=3 docs/COMPATIBILITY.md \
	>$(3).doc && \
	cat $(3).doc >docs/COMPATIBILITY.md && echo "docs/COMPATIBILITY.md has these rows now"; exit $$status
endef

compat: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	$(call compat-table,programs,2,$(BUILD)/compat.md,bash tests/compat/run.sh $(SYSROOT_COMPAT) $(TIERRUN_NATIVE) \
		'$(QEMU_MIPS64) $(TIERRUN_MIPS64)' $(BUILD)/compat.md '$(COMPAT)')

# A third of the list on a kernel with pages of 16 KiB; 25 minutes at the most, nearly all of it QEMU's.
compat-kernel: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BUILD)/sysroot-loongson/.packages
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	$(call compat-table,programs,4,$(BUILD)/compat-kernel.md,bash tests/compat/kernel.sh $(SYSROOT_COMPAT) \
		$(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BUILD)/compat-kernel.md '$(COMPAT)')

# Runtimes, servers and Python's own tests: 1 GB more to download, and each row is bounded to five minutes.
compat-heavy: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh heavy
	$(call compat-table,heavy,2,$(BUILD)/compat-heavy.md,COMPAT_SECONDS=$${COMPAT_SECONDS:-300} COMPAT_CPU=max \
		bash tests/compat/run.sh $(SYSROOT_HEAVY) $(TIERRUN_NATIVE) '$(QEMU_MIPS64) $(TIERRUN_MIPS64)' \
		$(BUILD)/compat-heavy.md '$(COMPAT)' heavy)

# Compilers, mathematics, pictures, networks: 2 GB to download, and each row is bounded to five minutes.
compat-more: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh more
	$(call compat-table,more,2,$(BUILD)/compat-more.md,COMPAT_SECONDS=$${COMPAT_SECONDS:-300} COMPAT_CPU=max \
		bash tests/compat/run.sh $(SYSROOT_MORE) $(TIERRUN_NATIVE) '$(QEMU_MIPS64) $(TIERRUN_MIPS64)' \
		$(BUILD)/compat-more.md '$(COMPAT)' more)

# stress-ng's stressors one by one, a few operations of each.
compat-stress: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat
	@ulimit -f 2000000; COMPAT_SECONDS=$${COMPAT_SECONDS:-60} bash tests/compat/run.sh $(SYSROOT_COMPAT) $(TIERRUN_NATIVE) \
		'$(QEMU_MIPS64) $(TIERRUN_MIPS64)' $(BUILD)/compat-stress.md '$(COMPAT)' stress

# The part of make compat that is in make check: the rows marked with =, whose packages are small.
LANES += compat
check-compat: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	@BUILD=$(BUILD) sh scripts/sysroots.sh compat-check
	$(call run-lane,compat,env COMPAT_MARK== COMPAT_MINUTES=10 bash tests/compat/run.sh $(SYSROOT_COMPAT_CHECK) \
		$(TIERRUN_NATIVE) '$(QEMU_MIPS64) $(TIERRUN_MIPS64)' $(BUILD)/compat-check.md)
