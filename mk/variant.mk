# How one variant of tierrun is built: $(call variant,NAME) makes the rules for $(BUILD)/NAME/tierrun and
# $(BUILD)/NAME/tierrun.a (all but main, for tests). A variant is described by CC_NAME, CFLAGS_NAME,
# FAST_NAME (the fast engine's own flags), LDFLAGS_NAME, LIBS_NAME and NEEDS_NAME (what must exist first).
# Objects depend on a file that holds the command line, so that other flags rebuild them.

V ?= 0
ifeq ($(V),0)
say = @printf '  %-4s %s\n' $(1) $(2);
endif

define variant
BIN_$(1) := $(BUILD)/$(1)/tierrun
LIB_$(1) := $(BUILD)/$(1)/tierrun.a
OBJ_$(1) := $$(patsubst %.c,$(BUILD)/$(1)/%.o,$(PLAIN) $$(JIT_$(1))) \
	$(SEMANTICS:%.c=$(BUILD)/$(1)/%.fast.o) $(SEMANTICS:%.c=$(BUILD)/$(1)/%.step.o)

$$(BIN_$(1)): $(BUILD)/$(1)/tierrun.o $$(LIB_$(1))
	$$(call say,LD,$$@) $$(CC_$(1)) $$(LDFLAGS_$(1)) -o $$@ $$^ $$(LIBS_$(1))

$$(LIB_$(1)): $$(OBJ_$(1))
	$$(call say,AR,$$@) rm -f $$@ && $$(AR) rcsT $$@ $$^

$(BUILD)/$(1)/%.o: %.c $(BUILD)/$(1)/flags Makefile mk/variant.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@) $$(CC_$(1)) $$(CFLAGS_$(1)) $$(EXTRA) -MMD -MP -c -o $$@ $$<

# The fast engine's fused and counting handlers.
$(BUILD)/$(1)/interp/fuse.o $(BUILD)/$(1)/interp/heat.o: EXTRA := $$(FAST_$(1))
$(BUILD)/$(1)/fpu/direct_arith.o: EXTRA := -fno-math-errno # a square root is one instruction
$(patsubst %.c,$(BUILD)/$(1)/%.o,$(wildcard fpu/direct_*.c)): EXTRA += $$(DIRECT_$(1)) # fpu/direct_seldom.h

$(BUILD)/$(1)/%.fast.o: %.c $(BUILD)/$(1)/flags Makefile mk/variant.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@) $$(CC_$(1)) $$(CFLAGS_$(1)) $$(FAST_$(1)) -DENGINE_H='"interp/engine_fast.h"' \
		-MMD -MP -c -o $$@ $$<

$(BUILD)/$(1)/%.step.o: %.c $(BUILD)/$(1)/flags Makefile mk/variant.mk
	@mkdir -p $$(@D)
	$$(call say,CC,$$@) $$(CC_$(1)) $$(CFLAGS_$(1)) -DENGINE_H='"interp/engine_step.h"' -MMD -MP -c -o $$@ $$<

$(BUILD)/$(1)/flags: FORCE | $$(NEEDS_$(1))
	@mkdir -p $$(@D)
	@echo '$$(CC_$(1)) $$(CFLAGS_$(1)) $$(FAST_$(1))' | cmp -s - $$@ || \
		echo '$$(CC_$(1)) $$(CFLAGS_$(1)) $$(FAST_$(1))' > $$@

-include $$(OBJ_$(1):.o=.d) $(BUILD)/$(1)/tierrun.d
endef
