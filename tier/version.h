/* The version, as --version and the man page say it. */
#ifndef TIER_VERSION_H
#define TIER_VERSION_H

#define TIERRUN_VERSION "0.1"

#endif
