/* The guest's environment: the host's with -E and -U applied. */
#ifndef TIER_ENVIRON_H
#define TIER_ENVIRON_H

#include "tier/options.h"

/* Allocated, NULL-terminated. TIERRUN_ variables stay, so that programs the guest executes run alike, but
 * for those whose options hold for one program only. */
char **environ_for_guest(char **host, const struct options *o);

#endif
