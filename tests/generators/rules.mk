# Programs of Debian's i386 archive that make code or interpret, against a native run.
LANES += generators
SYSROOT_GENERATORS := $(BUILD)/sysroot-generators

$(SYSROOT_GENERATORS)/.packages: scripts/sysroots.sh
	@BUILD=$(BUILD) sh scripts/sysroots.sh generators

check-generators: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(SYSROOT_GENERATORS)/.packages
	$(call run-lane,generators,bash tests/generators/run.sh $(SYSROOT_GENERATORS) $(TIERRUN_NATIVE) \
		'$(QEMU_MIPS64) -cpu Loongson-3A1000 $(TIERRUN_MIPS64)')
