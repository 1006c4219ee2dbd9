# Guest programs, among them the page test pages.c, on real MIPS64 kernels: one whose pages have 16 KiB, and one whose CPU
# traps misaligned accesses.
LANES += loongson
check-loongson: $(TIERRUN_MIPS64) $(SYSROOT_I386)/.packages $(BUILD)/sysroot-loongson/.packages
	$(call run-lane,loongson,env $(GUEST_RUN) --lane kernel --lane kernel-malta)

$(BUILD)/sysroot-loongson/.packages: scripts/sysroots.sh
	BUILD=$(BUILD) sh scripts/sysroots.sh loongson
