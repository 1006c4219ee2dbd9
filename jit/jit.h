/* The translator: the public face of jit. A build links one back-end: this host's own, or jit/none.c. */
#ifndef JIT_JIT_H
#define JIT_JIT_H

/* NULL: this build can translate. Else one sentence that says why it cannot, for --tier=jit. */
const char *jit_unavailable(void);

#endif
