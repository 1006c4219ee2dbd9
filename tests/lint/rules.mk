# Checks on the source text itself: layers, headers, formatting, length, marks of unfinished work.
LANES += lint
check-lint:
	$(call run-lane,lint,sh tests/lint/run.sh)
