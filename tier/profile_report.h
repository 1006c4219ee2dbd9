/* --profile-report: what is made of profiles that were written earlier. */
#ifndef TIER_PROFILE_REPORT_H
#define TIER_PROFILE_REPORT_H

#include "tier/options.h"

/* Prints it. tierrun's exit status. */
int profile_report(const struct options *o);

#endif
