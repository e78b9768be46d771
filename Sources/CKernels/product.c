#include "CKernels.h"
#include <string.h>

enum { DEPTH = 256 };

typedef float eight __attribute__((ext_vector_type(8), aligned(4)));

/* Eight rows of eight numbers become columns: pairs, then fours, then halves change places. */
static inline __attribute__((always_inline)) void transpose8(float *to, ptrdiff_t to_stride, const float *from,
                                                             ptrdiff_t from_stride) {
  eight x[8], y[8];
  for (int i = 0; i < 8; i++) x[i] = *(const eight *)(from + i * from_stride);
  for (int i = 0; i < 8; i += 2) {
    y[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    y[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = i; j < i + 2; j++) {
      x[j] = __builtin_shufflevector(y[j], y[j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      x[j + 2] = __builtin_shufflevector(y[j], y[j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int j = 0; j < 4; j++) {
    *(eight *)(to + j * to_stride) = __builtin_shufflevector(x[j], x[j + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    *(eight *)(to + (j + 4) * to_stride) = __builtin_shufflevector(x[j], x[j + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

/* A few columns of a product with a transposed right-hand side are dot products of rows: no panel pays. Sixteen lanes on
   every processor, halves added onto halves; four rows at a time, so that their sums do not wait for one another. */
typedef float sixteen __attribute__((ext_vector_type(16)));
typedef float sixteen_loose __attribute__((ext_vector_type(16), aligned(4)));
static inline __attribute__((always_inline)) void dot_rows(const int height, const struct limb_product *p, const float *a,
                                                           const float *b, float *c) {
  const ptrdiff_t whole = p->inner & ~(ptrdiff_t)15;
  sixteen sums[4];
  for (int r = 0; r < height; r++) sums[r] = (sixteen)0;
  for (ptrdiff_t k = 0; k < whole; k += 16)
    for (int r = 0; r < height; r++)
      sums[r] = __builtin_elementwise_fma((sixteen) * (const sixteen_loose *)(a + r * p->stride_a + k),
                                          (sixteen) * (const sixteen_loose *)(b + k), sums[r]);
  for (int r = 0; r < height; r++) {
    float lanes[16];
    for (int i = 0; i < 16; i++) lanes[i] = sums[r][i];
    for (int half = 8; half > 0; half /= 2)
      for (int i = 0; i < half; i++) lanes[i] += lanes[i + half];
    float sum = lanes[0];
    for (ptrdiff_t k = whole; k < p->inner; k++) sum = __builtin_fmaf(a[r * p->stride_a + k], b[k], sum);
    float *out = c + r * p->stride_c;
    *out = p->beta ? *out + sum : sum;
  }
}
#define DOTS                                                                                                           \
  TARGET static void NAME(dots)(const struct limb_product *p, const float *a, const float *b, float *c) {              \
    for (ptrdiff_t j = 0; j < p->columns; j++) {                                                                       \
      ptrdiff_t i = 0;                                                                                                 \
      for (; i + 4 <= p->rows; i += 4)                                                                                 \
        dot_rows(4, p, a + i * p->stride_a, b + j * p->stride_b, c + i * p->stride_c + j);                             \
      for (; i < p->rows; i++)                                                                                         \
        dot_rows(1, p, a + i * p->stride_a, b + j * p->stride_b, c + i * p->stride_c + j);                             \
    }                                                                                                                  \
  }

#if defined(__x86_64__)
#define LANES 16
#define HEIGHT 12
#define TARGET __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma,avx2"), min_vector_width(512)))
#define NAME(x) x##_16
DOTS
#include "product_kernel.h"
#undef LANES
#undef HEIGHT
#undef TARGET
#undef NAME
#define LANES 8
#define HEIGHT 6
#define TARGET __attribute__((target("avx2,fma"), min_vector_width(256)))
#define NAME(x) x##_8
DOTS
#include "product_kernel.h"

static int lanes(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw"))
    return 16;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 8 : 0;
}

int limb_product_available(void) { return lanes() > 0; }

void limb_product_run(const struct limb_product *p, const float *a, const float *b, float *c) {
  if (lanes() == 16) run_16(p, a, b, c);
  else run_8(p, a, b, c);
}

int limb_product_run_narrow(const struct limb_product *p, const float *a, const float *b, float *c) {
  if (lanes() != 16) return 0;
  run_8(p, a, b, c);
  return 1;
}
#elif defined(__aarch64__)
#define LANES 4
#define HEIGHT 12
#define TARGET
#define NAME(x) x##_4
DOTS
#include "product_kernel.h"

int limb_product_available(void) { return 1; }
void limb_product_run(const struct limb_product *p, const float *a, const float *b, float *c) { run_4(p, a, b, c); }
int limb_product_run_narrow(const struct limb_product *p, const float *a, const float *b, float *c) {
  (void)p, (void)a, (void)b, (void)c;
  return 0;
}
#else
int limb_product_available(void) { return 0; }
void limb_product_run(const struct limb_product *p, const float *a, const float *b, float *c) {
  (void)p, (void)a, (void)b, (void)c;
}
int limb_product_run_narrow(const struct limb_product *p, const float *a, const float *b, float *c) {
  (void)p, (void)a, (void)b, (void)c;
  return 0;
}
#endif
