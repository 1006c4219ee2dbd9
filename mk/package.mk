# make install, make deb. What is installed beside the program is in packaging/.
#
#     make install PREFIX=/usr DESTDIR=/tmp/root            this machine's build
#     make install INSTALL_BIN=build/mips64/tierrun …       another one
#     make deb                                              build/deb/tierrun_*.deb for this machine and for mips64el

INSTALL_BIN ?= $(BIN_native)
PREFIX_DATA = $(PREFIX)/share
EXAMPLES = $(PREFIX_DATA)/doc/tierrun-examples/examples
DEB_ARCH := $(shell dpkg --print-architecture 2>/dev/null)
fill_in = sed 's,@BINDIR@,$(PREFIX)/bin,; s,@DATADIR@,$(PREFIX_DATA),' $(1) > $(2)

.PHONY: install install-examples uninstall deb

install: $(INSTALL_BIN)
	install -D -m 755 $(INSTALL_BIN) $(DESTDIR)$(PREFIX)/bin/tierrun
	install -D -m 644 tierrun.1 $(DESTDIR)$(PREFIX_DATA)/man/man1/tierrun.1
	install -D -m 644 packaging/tierrun-binfmt.8 $(DESTDIR)$(PREFIX_DATA)/man/man8/tierrun-binfmt.8
	install -D -m 644 packaging/completion.bash $(DESTDIR)$(PREFIX_DATA)/bash-completion/completions/tierrun
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX_DATA)/tierrun
	$(call fill_in,packaging/binfmt.conf.in,$(DESTDIR)$(PREFIX_DATA)/tierrun/binfmt.conf)
	$(call fill_in,packaging/tierrun-binfmt.in,$(DESTDIR)$(PREFIX)/sbin/tierrun-binfmt)
	chmod 755 $(DESTDIR)$(PREFIX)/sbin/tierrun-binfmt
	install -m 644 scripts/sysroot.sh $(DESTDIR)$(PREFIX_DATA)/tierrun/sysroot.sh
	install -m 644 packaging/tierrun-sysroot.1 $(DESTDIR)$(PREFIX_DATA)/man/man1/tierrun-sysroot.1
	$(call fill_in,packaging/tierrun-sysroot.in,$(DESTDIR)$(PREFIX)/bin/tierrun-sysroot)
	chmod 755 $(DESTDIR)$(PREFIX)/bin/tierrun-sysroot

install-examples:
	install -d $(DESTDIR)$(EXAMPLES)/bench
	install -m 644 packaging/examples/README packaging/examples/hello.c $(DESTDIR)$(EXAMPLES)
	install -m 755 packaging/examples/where-time-goes.sh $(DESTDIR)$(EXAMPLES)
	install -m 644 bench/whetstone.c bench/dhrystone.c bench/dhrystone2.c bench/linpack.c bench/*.h $(DESTDIR)$(EXAMPLES)/bench

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/tierrun $(DESTDIR)$(PREFIX)/bin/tierrun-sysroot \
		$(DESTDIR)$(PREFIX_DATA)/man/man1/tierrun-sysroot.1 $(DESTDIR)$(PREFIX)/sbin/tierrun-binfmt \
		$(DESTDIR)$(PREFIX_DATA)/man/man1/tierrun.1 $(DESTDIR)$(PREFIX_DATA)/man/man8/tierrun-binfmt.8 \
		$(DESTDIR)$(PREFIX_DATA)/bash-completion/completions/tierrun
	rm -rf $(DESTDIR)$(PREFIX_DATA)/tierrun $(DESTDIR)$(PREFIX_DATA)/doc/tierrun-examples

deb: $(BIN_native) $(BIN_mips64)
	@BUILD=$(BUILD) MAKE='$(MAKE)' sh packaging/deb.sh $(DEB_ARCH) $(BIN_native)
	@BUILD=$(BUILD) MAKE='$(MAKE)' sh packaging/deb.sh mips64el $(BIN_mips64)
	@BUILD=$(BUILD) MAKE='$(MAKE)' sh packaging/deb.sh all
