# tierrun: plain GNU make. `make help` lists the targets.
#
# Owns: which sources make a binary, the compiler flags of each variant, and how test lanes are run and
# summed. How one variant is built is mk/variant.mk; a test lane's own rules are tests/LANE/rules.mk.

BUILD ?= build
PREFIX ?= /usr/local
OPT ?= -O2
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

ifeq ($(origin CC),default)
CC := gcc
endif
MIPS64_CC ?= mips64el-linux-gnuabi64-gcc
GUEST_CC ?= i686-linux-gnu-gcc
QEMU_MIPS64 ?= qemu-mips64el

# --- sources -------------------------------------------------------------------------------------------

SOURCES := $(wildcard mm/*.c fpu/*.c simd/*.c interp/*.c syscalls/*.c profile/*.c tier/*.c) jit/check.c
# The semantics are compiled once for each engine: interp/engine_fast.h and interp/engine_step.h.
SEMANTICS := $(wildcard interp/sem_*.c)
PLAIN := $(filter-out $(SEMANTICS),$(SOURCES))

# --- variants ------------------------------------------------------------------------------------------

WARN := -Wall -Wextra -Werror
BASE := -std=c11 -D_GNU_SOURCE -I. $(WARN) -g
TAIL_CALLS := -fno-stack-protector -fomit-frame-pointer -foptimize-sibling-calls
LOOP := -DENGINE_LOOP=1# without optimisation tail calls would eat the stack
ENGINE := $(if $(filter -O0,$(OPT)),$(LOOP))
FAST := $(if $(filter -O0,$(OPT)),,$(TAIL_CALLS))

PKG_LIBS := $(shell pkg-config --libs libelf libxxhash 2>/dev/null || echo -lelf -lxxhash)
STATIC_LIBS := -lelf -lz -lxxhash -lm -pthread
SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer

SYSROOT_MIPS64 := $(BUILD)/sysroot-mips64
SYSROOT_I386 := $(BUILD)/sysroot-i386

# The translator of a variant's host, and the disassembler of what it emits: capstone, if it is in the sysroot.
CAPSTONE_mips64 := $(wildcard $(SYSROOT_MIPS64)/usr/include/capstone/capstone.h)
NO_JIT := jit/none.c tier/hostasm/none.c
JIT_native := $(NO_JIT)
JIT_clang := $(NO_JIT)
JIT_asan := $(NO_JIT)
JIT_tsan := $(NO_JIT)
JIT_mips64 := $(wildcard jit/mips64/*.c) tier/hostasm/$(if $(CAPSTONE_mips64),capstone,none).c

CC_native := $(CC)
CFLAGS_native := $(BASE) $(OPT) $(ENGINE)
FAST_native := $(FAST)
LDFLAGS_native := $(if $(STATIC),-static)
LIBS_native := $(if $(STATIC),$(STATIC_LIBS),$(PKG_LIBS) -lm -pthread)

# To be compiled: what depends on optimization is the fast engine only.
CC_clang := clang
CFLAGS_clang := $(BASE) -O0 $(ENGINE)
FAST_clang := $(FAST) $(OPT)
LIBS_clang := $(PKG_LIBS) -lm -pthread

CC_asan := $(CC)
CFLAGS_asan := $(BASE) -O1 $(LOOP) $(SANITIZE)
LDFLAGS_asan := $(SANITIZE)
LIBS_asan := $(PKG_LIBS) -lm -pthread

# Not seen by it: handlers of instructions, whose accesses are the guest's own, and handlers of signals, which it
# would hold back until the next call of a function that it knows. So they are installed by another name of sigaction.
CC_tsan := $(CC)
CFLAGS_tsan := $(BASE) -O1 $(LOOP) -fsanitize=thread -Dsigaction=__sigaction
LDFLAGS_tsan := -fsanitize=thread
LIBS_tsan := $(PKG_LIBS) -lm -pthread
$(BUILD)/tsan/interp/sem_%.o $(BUILD)/tsan/interp/fuse.o $(BUILD)/tsan/syscalls/catch.o $(BUILD)/tsan/syscalls/signo.o \
	$(BUILD)/tsan/tier/hostsig.o: CFLAGS_tsan += -fno-sanitize=thread

# Linked low, so that symbols have 32 bits and calls need no table: 5 % fewer instructions.
CC_mips64 := $(MIPS64_CC)
CFLAGS_mips64 := $(BASE) $(OPT) $(ENGINE) -mips64r2 -mabi=64 -fno-pie -mno-shared -mplt -msym32 \
	-isystem $(SYSROOT_MIPS64)/usr/include
FAST_mips64 := $(FAST)
# What translated code keeps in registers while it calls these: fpu/direct_seldom.h
DIRECT_mips64 := $(addprefix -ffixed-,10 11 15)
# gcc 12 puts a write of s3 after its restoration into a delay slot of fst_f32 and the like.
$(BUILD)/mips64/interp/sem_x87.step.o: CFLAGS_mips64 += -fno-delayed-branch
# gcc 12 takes the wrong halves of the products when it vectorizes pmulhw with 64-bit registers.
$(BUILD)/mips64/simd/multiply.o: CFLAGS_mips64 += -fno-tree-vectorize
LDFLAGS_mips64 := -mips64r2 -mabi=64 -static -no-pie -Wl,-Ttext-segment=0x10000000 \
	-L$(SYSROOT_MIPS64)/usr/lib/mips64el-linux-gnuabi64
LIBS_mips64 := $(if $(CAPSTONE_mips64),-lcapstone) $(STATIC_LIBS)
NEEDS_mips64 := $(SYSROOT_MIPS64)/.packages

# --- targets -------------------------------------------------------------------------------------------

.DEFAULT_GOAL := native
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.PHONY: native mips64 clang asan tsan setup demo bench bench-check bench-baseline bench-plot check check-asan check-long check-build format-check \
	format clean distclean help FORCE

include mk/variant.mk
$(foreach v,native clang asan tsan mips64,$(eval $(call variant,$(v))))

include bench/rules.mk

native: $(BIN_native)
clang: $(BIN_clang)
asan: $(BIN_asan)
tsan: $(BIN_tsan)
mips64: $(BIN_mips64)

$(SYSROOT_MIPS64)/.packages $(SYSROOT_I386)/.packages: scripts/sysroots.sh
	@BUILD=$(BUILD) sh scripts/sysroots.sh $(patsubst sysroot-%,%,$(notdir $(@D)))
	@touch $@

setup:
	@BUILD=$(BUILD) sh scripts/setup.sh

demo: setup
	@$(MAKE) --no-print-directory -j$(JOBS) native mips64 $(DEMO_GUESTS)
	@BUILD=$(BUILD) bench/demo.sh

# --- tests ---------------------------------------------------------------------------------------------

include mk/check.mk

format-check:
	@tests/lint/format.sh

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

# --- the rest ------------------------------------------------------------------------------------------

include mk/package.mk

clean: # keeps what was downloaded
	rm -rf $(foreach v,native clang asan tsan mips64,$(BUILD)/$(v)) $(BUILD)/tests $(BUILD)/tests-asan \
		$(BUILD)/results $(BUILD)/results-asan $(BUILD)/bench

distclean:
	rm -rf $(BUILD)

help:
	@echo 'make                 build/native/tierrun for this machine (CC=clang, OPT=-O0, STATIC=1)'
	@echo 'make mips64          build/mips64/tierrun, static, for MIPS64 release 2 (n64, little-endian)'
	@echo 'make demo            set up, build, run three benchmarks natively and in tierrun, compare'
	@echo 'make check           set up, build, run every test lane; last line: N passed, N failed'
	@echo 'make check-LANE      one lane of: $(LANES)'
	@echo 'make check-asan      the lanes $(ASAN_LANES) under ASan and UBSan'
	@echo 'make check-tsan      threads under ThreadSanitizer'
	@echo 'make check-long      the lanes with far more random operands and mutations'
	@echo 'make golden-update   write the host code of tests/golden anew: read the diff'
	@echo 'make bench           speed beside the CPU and qemu-i386: docs/PERFORMANCE.md (BENCH="dhry linpack",'
	@echo '                     BENCH_PROG=/path/to/i386-program BENCH_ARGS=…)'
	@echo 'make bench-check     instruction counts beside the committed ones; make bench-baseline: commit these instead'
	@echo 'make bench-plot      charts and tables of the documents from docs/bench.json'
	@echo 'make setup           install what is missing, download the sysroots'
	@echo 'make format-check    is everything as .clang-format says?   make format: make it so'
	@echo 'make install         PREFIX=$(PREFIX) DESTDIR=$(DESTDIR); make install-examples; make uninstall'
	@echo 'make deb             Debian packages for this machine and for mips64el in build/deb'
	@echo 'make clean           remove what was built; make distclean: the downloads too'
