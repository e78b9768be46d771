/* Vectors of fixed width, whatever the processor has; the compiler splits them where it must. */
#ifndef LIMB_VECTORS_H
#define LIMB_VECTORS_H
#include <stdint.h>

#pragma STDC FP_CONTRACT OFF

/* The choice is made while the program is loaded, before ThreadSanitizer's runtime is up. */
#if defined(__x86_64__) && defined(__gnu_linux__) && !__has_feature(thread_sanitizer)
#define LIMB_WIDEST __attribute__((target_clones("avx2", "default")))
#else
#define LIMB_WIDEST
#endif

typedef float float8 __attribute__((ext_vector_type(8)));
typedef int32_t int8 __attribute__((ext_vector_type(8)));
typedef uint32_t uint8 __attribute__((ext_vector_type(8)));
typedef double double8 __attribute__((ext_vector_type(8)));
typedef int64_t long8 __attribute__((ext_vector_type(8)));
typedef uint64_t ulong8 __attribute__((ext_vector_type(8)));
/* As they lie in memory, wherever that is. */
typedef float unaligned8 __attribute__((ext_vector_type(8), aligned(4)));

#define LOAD8(p) ((float8) * (const unaligned8 *)(p))
#define STORE8(p, x) (*(unaligned8 *)(p) = (x))
/* The lanes from first to last. */
#define SUM8(x) ((((((((x)[0] + (x)[1]) + (x)[2]) + (x)[3]) + (x)[4]) + (x)[5]) + (x)[6]) + (x)[7])

#endif
