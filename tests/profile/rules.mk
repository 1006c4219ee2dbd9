# Profiles: counts against known ones in each tier, the formats, reports, and what happens when things go wrong.
LANES += profile
check-profile: $(TIERRUN_NATIVE) $(TIERRUN_MIPS64) $(BUILD)/bench/dhrystone $(BUILD)/bench/hello $(INSNCOUNT)
	$(call run-lane,profile,bash tests/profile/run.sh $(TIERRUN_NATIVE) $(TESTS)/profile $(GUEST_CC) $(QEMU_MIPS64) \
		$(TIERRUN_MIPS64))
