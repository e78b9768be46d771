/* OpenBLAS's C interface, and square roots of eight lanes at once: Swift's own squareRoot() on SIMD types becomes eight
   library calls, because C's sqrt may set errno. */
#include "peak.h"
#include <cblas.h>

typedef float limb_float8 __attribute__((ext_vector_type(8)));
typedef double limb_double8 __attribute__((ext_vector_type(8)));
static inline limb_float8 limb_sqrt_float8(limb_float8 x) { return __builtin_elementwise_sqrt(x); }
static inline limb_double8 limb_sqrt_double8(limb_double8 x) { return __builtin_elementwise_sqrt(x); }
