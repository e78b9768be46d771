/* Squashed Gaussian samples and the noise they are made of. The elementary functions are those of `PortableMath`, eight
   numbers at a time: where that branches, every branch is computed here and the right one kept. */
#include "CKernels.h"
#include "vectors.h"

#define INLINE static inline __attribute__((always_inline))
#define DOUBLES(x) __builtin_convertvector(x, double8)
#define FLOATS(x) __builtin_convertvector(x, float8)
/* A condition on floats for a choice of floats. */
#define CHOOSE(condition, a, b) ((condition) ? (a) : (b))

/* Results through pointers: how vectors are returned depends on the processor. */
INLINE void exp_double(const double8 *given, double8 *result) {
  const double8 x = *given, scaled = x * 1.4426950408889634;
  const int8 whole = __builtin_convertvector(scaled + CHOOSE(scaled >= 0, (double8)0.5, (double8)-0.5), int8);
  const double8 k = DOUBLES(whole), r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  double8 p = (double8)1.6059043836821613e-10;
  p = p * r + 2.08767569878681e-09;
  p = p * r + 2.505210838544172e-08;
  p = p * r + 2.755731922398589e-07;
  p = p * r + 2.7557319223985893e-06;
  p = p * r + 2.48015873015873e-05;
  p = p * r + 1.984126984126984e-04;
  p = p * r + 1.3888888888888889e-03;
  p = p * r + 8.333333333333333e-03;
  p = p * r + 4.1666666666666664e-02;
  p = p * r + 1.6666666666666666e-01;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  *result = p * (double8)((__builtin_convertvector(whole, long8) + 1023) << 52);
}

INLINE void log_double(const double8 *given, double8 *result) {
  const long8 bits = (long8)*given;
  int8 exponent = __builtin_convertvector(bits >> 52, int8) - 1023;
  double8 mantissa = (double8)((bits & 0x000FFFFFFFFFFFFF) | 0x3FF0000000000000);
  const long8 large = mantissa > 1.4142135623730951;
  mantissa = CHOOSE(large, mantissa * 0.5, mantissa);
  exponent -= __builtin_convertvector(large, int8);
  const double8 s = (mantissa - 1) / (mantissa + 1), z = s * s;
  double8 p = (double8)(1.0 / 21);
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  p = p * z + 1;
  *result = 2 * s * p + DOUBLES(exponent) * 0.6931471805599453;
}

INLINE void sin_double(const double8 *given, double8 *result) {
  const double8 x = *given, turns = x * 0.3183098861837907;
  const int8 whole = __builtin_convertvector(turns + CHOOSE(turns >= 0, (double8)0.5, (double8)-0.5), int8);
  const double8 k = DOUBLES(whole), r = (x - k * 3.1415926535897931) - k * 1.2246467991473532e-16, z = r * r;
  double8 p = (double8)2.8114572543455206e-15;
  p = p * z - 7.647163731819816e-13;
  p = p * z + 1.6059043836821613e-10;
  p = p * z - 2.505210838544172e-08;
  p = p * z + 2.7557319223985893e-06;
  p = p * z - 1.984126984126984e-04;
  p = p * z + 8.333333333333333e-03;
  p = p * z - 1.6666666666666666e-01;
  const double8 value = r + r * z * p;
  *result = CHOOSE(__builtin_convertvector(whole & 1, long8) == 0, value, -value);
}

/* eˣ as a Float; NaN becomes 0 on the way, because a NaN has no whole part. */
INLINE void exp_float(const float8 *given, float8 *result) {
  const float8 x = *given, inside = CHOOSE(x > 89, (float8)89, CHOOSE(x < -104, (float8)-104, x));
  const double8 d = DOUBLES(CHOOSE(inside == inside, inside, (float8)0));
  double8 e;
  exp_double(&d, &e);
  const float8 f = FLOATS(e);
  const float8 bounded = CHOOSE(x > 89, (float8)__builtin_inff(), CHOOSE(x < -104, (float8)0, f));
  *result = CHOOSE(x == x, bounded, x);
}

INLINE void tanh_float(const float8 *given, float8 *result) {
  const float8 x = *given, inside = CHOOSE(x > 10, (float8)10, CHOOSE(x < -10, (float8)-10, x));
  const double8 d = DOUBLES(CHOOSE(inside == inside, inside, (float8)0)), twice = 2 * d;
  double8 e;
  exp_double(&twice, &e);
  const float8 far = FLOATS((e - 1) / (e + 1)), near = FLOATS(d - d * d * d / 3);
  const float8 bounded = CHOOSE(x > 10, (float8)1, CHOOSE(x < -10, (float8)-1, far));
  *result = CHOOSE(x == x, CHOOSE((x > -1e-3f) & (x < 1e-3f), near, bounded), x);
}

INLINE void softplus_float(const float8 *given, float8 *result) {
  const float8 x = *given, inside = CHOOSE(x > 30, (float8)30, CHOOSE(x < -100, (float8)-100, x));
  const double8 d = DOUBLES(CHOOSE(inside == inside, inside, (float8)0));
  double8 e, l;
  exp_double(&d, &e);
  const double8 sum = 1 + e;
  log_double(&sum, &l);
  const float8 f = FLOATS(CHOOSE(e < 1e-6, e - e * e * 0.5, l));
  *result = CHOOSE(x == x, CHOOSE(x > 30, x, CHOOSE(x < -100, (float8)0, f)), x);
}

/* Up to eight numbers, the rest zero, and back. */
INLINE void take(float8 *to, const float *from, ptrdiff_t count) {
  float eight[8] = {0};
  if (count == 8) *to = LOAD8(from);
  else {
    for (ptrdiff_t i = 0; i < count; i++) eight[i] = from[i];
    *to = LOAD8(eight);
  }
}
INLINE void give(float *to, const float8 *from, ptrdiff_t count) {
  if (count == 8) STORE8(to, *from);
  else
    for (ptrdiff_t i = 0; i < count; i++) to[i] = (*from)[i];
}
#define CHUNKS(count) (ptrdiff_t at = 0, n; n = (count) - at < 8 ? (count) - at : 8, at < (count); at += n)

LIMB_WIDEST void limb_tanh(ptrdiff_t count, const float *numbers, float *results) {
  for CHUNKS(count) {
    float8 x, y;
    take(&x, numbers + at, n);
    tanh_float(&x, &y);
    give(results + at, &y, n);
  }
}

LIMB_WIDEST void limb_squash(const struct limb_squashed_rows *batch) {
  const ptrdiff_t count = batch->action_count;
  for (ptrdiff_t row = 0; row < batch->rows; row++) {
    const float *heads = batch->heads + row * 2 * count, *noise = batch->noise + row * count;
    float *u_row = batch->pre_squash + row * count, *a_row = batch->actions + row * batch->action_stride;
    float density = 0;
    for CHUNKS(count) {
      float8 mean, raw, epsilon, deviation, a, plus;
      take(&mean, heads + at, n);
      take(&raw, heads + count + at, n);
      take(&epsilon, noise + at, n);
      const float8 log_deviation = CHOOSE(raw < -20, (float8)-20, CHOOSE(raw > 2, (float8)2, raw));
      exp_float(&log_deviation, &deviation);
      const float8 u = mean + deviation * epsilon, below = -2 * u;
      tanh_float(&u, &a);
      softplus_float(&below, &plus);
      give(u_row + at, &u, n);
      give(a_row + at, &a, n);
      const float8 normal = -epsilon * epsilon / 2 - log_deviation - 0.918938533204672742f;
      const float8 squash = 2 * (0.693147180559945309f - u - plus);
      for (ptrdiff_t i = 0; i < n; i++) {
        density += normal[i];
        density -= squash[i];
      }
    }
    batch->log_densities[row] = density;
  }
}

LIMB_WIDEST void limb_squash_backward(const struct limb_squashed_rows *batch, const float *action_gradients,
                                      ptrdiff_t gradient_stride, float weight, float *head_gradients) {
  const ptrdiff_t count = batch->action_count;
  for (ptrdiff_t row = 0; row < batch->rows; row++) {
    const float *heads = batch->heads + row * 2 * count;
    float *out = head_gradients + row * 2 * count;
    for CHUNKS(count) {
      float8 u, a, raw, epsilon, gradient, e, deviation;
      take(&u, batch->pre_squash + row * count + at, n);
      take(&a, batch->actions + row * batch->action_stride + at, n);
      take(&raw, heads + count + at, n);
      take(&epsilon, batch->noise + row * count + at, n);
      take(&gradient, action_gradients + row * gradient_stride + at, n);
      const float8 inner = CHOOSE(u < 0, 2 * u, -2 * u);
      exp_float(&inner, &e);
      const float8 slope = 4 * e / ((1 + e) * (1 + e)), du = gradient * slope + weight * 2 * a;
      exp_float(&raw, &deviation);
      const float8 outer = du * deviation * epsilon - weight;
      const float8 learned = CHOOSE((raw >= -20) & (raw <= 2), outer, (float8)0);
      give(out + at, &du, n);
      give(out + count + at, &learned, n);
    }
  }
}

/* Philox 4×32 with 10 rounds for eight lanes. */
INLINE void philox(uint8 c[4], uint32_t key0, uint32_t key1) {
  for (int round = 0; round < 10; round++) {
    const ulong8 p0 = __builtin_convertvector(c[0], ulong8) * 0xD2511F53u;
    const ulong8 p1 = __builtin_convertvector(c[2], ulong8) * 0xCD9E8D57u;
    const uint8 x = __builtin_convertvector(p1 >> 32, uint8) ^ c[1] ^ key0;
    const uint8 z = __builtin_convertvector(p0 >> 32, uint8) ^ c[3] ^ key1;
    c[1] = __builtin_convertvector(p1, uint8);
    c[3] = __builtin_convertvector(p0, uint8);
    c[0] = x;
    c[2] = z;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

/* A word as a number in (0, 1). */
#define UNIT(word) ((FLOATS((int8)((word) >> 9)) + 0.5f) * 1.1920929e-07f)

/* Box and Muller: r cos t and r sin t of two uniform numbers. */
INLINE void box_muller(const uint8 *first, const uint8 *second, float8 *cosine, float8 *sine) {
  const double8 u = DOUBLES(UNIT(*first));
  double8 l, c, s;
  log_double(&u, &l);
  const float8 r = __builtin_elementwise_sqrt(-2 * FLOATS(l));
  const double8 t = DOUBLES(6.2831855f * UNIT(*second)), quarter = t + 1.5707963267948966;
  sin_double(&quarter, &c);
  sin_double(&t, &s);
  *cosine = r * FLOATS(c);
  *sine = r * FLOATS(s);
}

LIMB_WIDEST void limb_fill_normals(float *numbers, size_t count, uint64_t seed, uint32_t stream, uint64_t counter) {
  for (size_t start = 0; start < count; start += 32) {
    uint8 c[4] = {(uint8)(uint32_t)counter, (uint8)(uint32_t)(counter >> 32),
                  (uint8){0, 1, 2, 3, 4, 5, 6, 7} + (uint32_t)(start / 4), (uint8)(uint32_t)(seed >> 32)};
    philox(c, (uint32_t)seed, stream);
    float8 words[4];
    box_muller(&c[0], &c[1], &words[0], &words[1]);
    box_muller(&c[2], &c[3], &words[2], &words[3]);
    const size_t rest = count - start < 32 ? count - start : 32;
    for (size_t i = 0; i < rest; i++) numbers[start + i] = words[i & 3][i >> 2];
  }
}
