/* --list-ops. */
#ifndef TIER_LISTOPS_H
#define TIER_LISTOPS_H

void listops_print(void);

#endif
