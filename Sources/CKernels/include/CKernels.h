/* The learner's loops over single-precision numbers, in the widest vectors that the processor has: chosen when the program
   is loaded, which Swift cannot do. Every function does, operation for operation, what its namesake in LimbNetworks or
   LimbLearning does in Swift, where the equations stand: no multiply and add is fused and sums run in eight lanes of fixed
   order, so that the bytes are the same on every processor. None of them allocates, locks or keeps anything. */
#ifndef LIMB_KERNELS_H
#define LIMB_KERNELS_H
#include <stddef.h>
#include <stdint.h>

/* `HiddenRows`. gain and shift may be null together (no LayerNorm), keep may be null (no dropout). product may be output. */
struct limb_hidden_rows {
  ptrdiff_t rows, width, stride, keep_stride;
  const float *bias, *gain, *shift, *keep;
  float *product, *inverse_deviation, *output;
};
/* `HiddenRowGradients`. bias, gain and shift may be null, and so may weights: rows then hold the gradients given. */
struct limb_hidden_gradients {
  float *rows, *bias, *gain, *shift;
  const float *weights, *scales;
  ptrdiff_t scale_stride;
};
void limb_activate(const struct limb_hidden_rows *layer, float epsilon);
void limb_activate_backward(const struct limb_hidden_rows *layer, const struct limb_hidden_gradients *gradients);

/* `AdamStep` and `AdamMemory`; targets may be null. */
struct limb_adam_step {
  float beta1, beta2, rate, root_correction, epsilon, polyak;
};
void limb_adam(const struct limb_adam_step *step, size_t count, float *parameters, const float *gradients,
               float *first_moments, float *second_moments, float *targets);
float limb_sum_of_squares(const float *numbers, size_t count);

/* `SquashedRows` and `SquashedGradients`. */
struct limb_squashed_rows {
  ptrdiff_t rows, action_count, action_stride;
  const float *heads, *noise;
  float *pre_squash, *actions, *log_densities;
};
void limb_squash(const struct limb_squashed_rows *rows);
void limb_squash_backward(const struct limb_squashed_rows *rows, const float *action_gradients, ptrdiff_t gradient_stride,
                          float log_density_weight, float *head_gradients);

/* `PortableMath.tanh` of each number. */
void limb_tanh(ptrdiff_t count, const float *numbers, float *results);

/* C ← op(A) op(B) + beta C, row-major. op(A) is rows × inner, op(B) inner × columns; strides are of rows as they lie in
   memory, in numbers, and best not powers of two. beta is 0 (the old C is not read) or 1. C may overlap neither A nor B. */
struct limb_product {
  ptrdiff_t rows, columns, inner;
  ptrdiff_t stride_a, stride_b, stride_c;
  int transpose_a, transpose_b, beta;
};
/* Whether this processor has a kernel for products: AVX-512, AVX2 with FMA, or aarch64. */
int limb_product_available(void);
/* One product; uses 40 KB of stack. Each entry is one chain of fused multiply-adds in the order of `inner` (a product of fewer
   than four columns with a transposed right-hand side: sixteen such chains), so that its bytes depend neither on the processor
   nor on how a product is cut into rows and columns. */
void limb_product_run(const struct limb_product *product, const float *a, const float *b, float *c);
/* The same with the narrower kernel (AVX2) where the processor has both, for tests of that promise; 0: it has not, and C is as
   it was. */
int limb_product_run_narrow(const struct limb_product *product, const float *a, const float *b, float *c);

/* `Philox.normals` of lanes 0, 1, … one after another. */
void limb_fill_normals(float *numbers, size_t count, uint64_t seed, uint32_t stream, uint64_t counter);

/* Asks for memory to be brought near the processor, and does not wait for it. Any address will do. */
static inline void limb_fetch(const void *bytes, ptrdiff_t count) {
  const char *line = (const char *)((uintptr_t)bytes & ~(uintptr_t)63);
  for (; line < (const char *)bytes + count; line += 64) __builtin_prefetch(line);
}

#endif
