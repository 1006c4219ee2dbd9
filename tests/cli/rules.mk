# Options, environment variables, exit statuses, scripts, logs, crash reports, and the man page's agreement.
LANES += cli
ASAN_LANES += cli
check-cli: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64)
	$(call run-lane,cli,bash tests/cli/run.sh $(TIERRUN_NATIVE) $(TESTS)/cli $(GUEST_CC) $(QEMU_MIPS64) \
		$(TIERRUN_MIPS64))
