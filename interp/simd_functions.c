/* Which function of simd/ an operation is. */
#include "interp/simd.h"

simd_fn *const simd_functions[OP_COUNT] = {
#define SIMD_OP(name, mnemonic, group, jit, function, reads, writes) [OP_##name] = simd_##function,
#include "simd/ops.def"
#undef SIMD_OP
};
