/* System calls that Swift cannot reach or that the control path vouches for. */
#ifndef LIMB_CREALTIME_H
#define LIMB_CREALTIME_H
#include <stdint.h>
#include <string.h>

/* A vouched call: reviewed by hand, known not to allocate, lock or wait. */
#define LIMB_NO_LOCKS __attribute__((swift_attr("@_noLocks")))

LIMB_NO_LOCKS static inline float limb_sqrtf(float x) { return __builtin_sqrtf(x); }
LIMB_NO_LOCKS static inline double limb_sqrt(double x) { return __builtin_sqrt(x); }

#endif
