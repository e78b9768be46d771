/* The single-precision multiply-add peak of this processor, to put the learner's rate beside: twelve independent chains of
   the widest vectors it has. Swift cannot choose instructions at run time; C's target attribute can. */
#ifndef LIMB_PEAK_H
#define LIMB_PEAK_H
#include <stdint.h>

enum { LIMB_PEAK_CHAINS = 12 };
#define LIMB_PEAK(NAME, TARGET, BYTES)                                                              \
  TARGET static float NAME(uint64_t rounds) {                                                       \
    typedef float lanes __attribute__((vector_size(BYTES)));                                        \
    volatile float seed = 0.999f;                                                                   \
    lanes factor = (lanes){} + seed, term = factor * 1e-3f, chain[LIMB_PEAK_CHAINS];                \
    for (int i = 0; i < LIMB_PEAK_CHAINS; i++) chain[i] = factor * (float)(i + 1);                  \
    for (uint64_t round = 0; round < rounds; round++)                                               \
      _Pragma("clang loop unroll(full)") for (int i = 0; i < LIMB_PEAK_CHAINS; i++)                 \
        chain[i] = __builtin_elementwise_fma(chain[i], factor, term);                               \
    for (int i = 1; i < LIMB_PEAK_CHAINS; i++) chain[0] += chain[i];                                \
    return chain[0][0];                                                                             \
  }

#if defined(__x86_64__)
LIMB_PEAK(limb_peak_512, __attribute__((target("avx512f"))), 64)
LIMB_PEAK(limb_peak_256, __attribute__((target("avx2,fma"))), 32)
#endif
LIMB_PEAK(limb_peak_128, , 16)

/* Lanes of the widest vectors with multiply-add. */
static inline int limb_peak_lanes(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return 16;
  if (__builtin_cpu_supports("fma")) return 8;
#endif
  return 4;
}

/* Does `rounds` × LIMB_PEAK_CHAINS vector multiply-adds of that width. The result only keeps them from being removed. */
static inline float limb_peak_run(uint64_t rounds) {
#if defined(__x86_64__)
  if (limb_peak_lanes() == 16) return limb_peak_512(rounds);
  if (limb_peak_lanes() == 8) return limb_peak_256(rounds);
#endif
  return limb_peak_128(rounds);
}

#endif
