# make install and make deb: what they put where, that it works from there, and what dpkg and lintian say.
LANES += package
check-package: $(TIERRUN_NATIVE) $(BIN_native) $(BIN_mips64) $(BUILD)/bench/hello
	$(call run-lane,package,env MAKE='$(MAKE)' QEMU_MIPS64=$(QEMU_MIPS64) sh tests/package/run.sh)
