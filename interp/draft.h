/* Drafts of blocks: the decoder applied to guest memory until a block ends. */
#ifndef INTERP_DRAFT_H
#define INTERP_DRAFT_H

#include "interp/block.h"

/* A block under construction, in place: records with room for DRAFT_RECORDS. */
struct draft {
    struct insn *rec;
    unsigned records, insns;
    gaddr eip;      /* of the next instruction */
    uint8_t *bytes; /* gets what was decoded; NULL: nobody asks */
    bool watched;   /* the pages that it lies in are */
};

enum { DRAFT_RECORDS = 2 * BLOCK_MAX_INSNS + 1 + EXIT_RECORDS };

/* Decodes from d->eip until a block ends. singly: it ends with the first access, which may be a store to what
 * follows, and pages that are not watched stay so. Bytes that cannot be fetched end it too, and make a fault
 * if they are the first. */
void draft_block(struct interp *in, struct draft *d, bool singly);

/* Code bytes that were fetched before may have changed. */
void draft_forget_windows(struct interp *in);

#endif
