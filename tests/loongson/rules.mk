# Guest programs, among them the page test pages.c, on a real MIPS64 kernel whose pages have 16 KiB.
LANES += loongson
check-loongson: $(TIERRUN_MIPS64) $(SYSROOT_I386)/.packages $(BUILD)/sysroot-loongson/.packages
	$(call run-lane,loongson,env $(GUEST_RUN) --lane kernel)

$(BUILD)/sysroot-loongson/.packages: scripts/sysroots.sh
	BUILD=$(BUILD) sh scripts/sysroots.sh loongson
