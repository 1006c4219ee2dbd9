# Expected host code of small blocks. make golden-update writes what the translator makes of them now.
LANES += golden
GOLDEN := $(wildcard tests/golden/*.txt)
GOLDEN_RUN = $(TESTS)/golden $(QEMU_MIPS64) $(TIERRUN_MIPS64) $(GUEST_CC:gcc=as) $(GUEST_CC:gcc=ld) $(GOLDEN)

check-golden: $(TIERRUN_MIPS64)
	$(call run-lane,golden,bash tests/golden/run.sh $(GOLDEN_RUN))

.PHONY: golden-update
golden-update: $(TIERRUN_MIPS64)
	@bash tests/golden/run.sh --update $(GOLDEN_RUN) | tail -n 1
