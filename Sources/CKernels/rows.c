/* A hidden layer: bias, dropout, LayerNorm and ReLU, forward and back, while a row is in the first-level cache. */
#include "CKernels.h"
#include "vectors.h"

/* ReLU that lets NaN through. */
#define RECTIFIED8(x) ((x) < 0 ? (float8)0 : (x))
#define RECTIFIED(x) ((x) < 0 ? 0 : (x))

#define PLAIN_ROW(VALUE8, VALUE)                              \
  for (; i < whole; i += 8) {                                 \
    const float8 x = VALUE8;                                  \
    STORE8(output + i, RECTIFIED8(x));                        \
  }                                                           \
  for (; i < width; i++) {                                    \
    const float x = VALUE;                                    \
    output[i] = RECTIFIED(x);                                 \
  }

#define BIASED_ROW(VALUE8, VALUE)                             \
  for (; i < whole; i += 8) {                                 \
    const float8 x = VALUE8;                                  \
    STORE8(z + i, x);                                         \
    sums += x;                                                \
  }                                                           \
  sum = SUM8(sums);                                           \
  for (; i < width; i++) {                                    \
    const float x = VALUE;                                    \
    z[i] = x;                                                 \
    sum += x;                                                 \
  }

LIMB_WIDEST void limb_activate(const struct limb_hidden_rows *layer, float epsilon) {
  const ptrdiff_t width = layer->width, whole = width & ~(ptrdiff_t)7;
  const float *bias = layer->bias, *gain = layer->gain, *shift = layer->shift;
  for (ptrdiff_t row = 0; row < layer->rows; row++) {
    float *z = layer->product + row * layer->stride, *output = layer->output + row * layer->stride;
    const float *keep = layer->keep ? layer->keep + row * layer->keep_stride : 0;
    ptrdiff_t i = 0;
    if (!gain) {
      if (keep) {
        PLAIN_ROW((LOAD8(z + i) + LOAD8(bias + i)) * LOAD8(keep + i), (z[i] + bias[i]) * keep[i])
      } else {
        PLAIN_ROW(LOAD8(z + i) + LOAD8(bias + i), z[i] + bias[i])
      }
      continue;
    }
    float8 sums = 0;
    float sum;
    if (keep) {
      BIASED_ROW((LOAD8(z + i) + LOAD8(bias + i)) * LOAD8(keep + i), (z[i] + bias[i]) * keep[i])
    } else {
      BIASED_ROW(LOAD8(z + i) + LOAD8(bias + i), z[i] + bias[i])
    }
    const float mean = sum / (float)width;
    float8 squares = 0;
    for (i = 0; i < whole; i += 8) {
      const float8 d = LOAD8(z + i) - mean;
      squares += d * d;
    }
    float square = SUM8(squares);
    for (; i < width; i++) {
      const float d = z[i] - mean;
      square += d * d;
    }
    const float inverse = 1 / __builtin_sqrtf(square / (float)width + epsilon);
    for (i = 0; i < whole; i += 8) {
      const float8 x = (LOAD8(z + i) - mean) * inverse, y = x * LOAD8(gain + i) + LOAD8(shift + i);
      STORE8(z + i, x);
      STORE8(output + i, RECTIFIED8(y));
    }
    for (; i < width; i++) {
      const float x = (z[i] - mean) * inverse, y = x * gain[i] + shift[i];
      z[i] = x;
      output[i] = RECTIFIED(y);
    }
    layer->inverse_deviation[row] = inverse;
  }
}

/* The gradient of the output: what lies there, or an outer product that nobody has written down. */
#define GIVEN8 (weights ? scale * LOAD8(weights + i) : LOAD8(dz + i))
#define GIVEN (weights ? scale * weights[i] : dz[i])

/* dy of the output becomes dx = g dy of the normalised row; `learned8` and `learned` add dy to the parameters' gradients. */
#define GATED_ROW(LEARNED8, LEARNED)                                                         \
  for (; i < whole; i += 8) {                                                                \
    const float8 dy = LOAD8(output + i) > 0 ? GIVEN8 : (float8)0, x8 = LOAD8(x + i); \
    LEARNED8;                                                                                \
    const float8 dx = dy * LOAD8(gain + i);                                                  \
    STORE8(dz + i, dx);                                                                      \
    sums += dx;                                                                              \
    products += dx * x8;                                                                     \
  }                                                                                          \
  sum = SUM8(sums), product = SUM8(products);                                                \
  for (; i < width; i++) {                                                                   \
    const float dy = output[i] > 0 ? GIVEN : 0;                                              \
    LEARNED;                                                                                 \
    const float dx = dy * gain[i];                                                           \
    dz[i] = dx;                                                                              \
    sum += dx;                                                                               \
    product += dx * x[i];                                                                    \
  }

/* The last sweep over a row: `VALUE` is its gradient before dropout. */
#define LAST_SWEEP(VALUE8, VALUE)                                   \
  for (i = 0; i < whole; i += 8) {                                  \
    float8 d = VALUE8;                                              \
    if (keep) d *= LOAD8(keep + i);                                 \
    STORE8(dz + i, d);                                              \
    if (bias) STORE8(bias + i, LOAD8(bias + i) + d);                \
  }                                                                 \
  for (; i < width; i++) {                                          \
    float d = VALUE;                                                \
    if (keep) d *= keep[i];                                         \
    dz[i] = d;                                                      \
    if (bias) bias[i] += d;                                         \
  }

LIMB_WIDEST void limb_activate_backward(const struct limb_hidden_rows *layer,
                                        const struct limb_hidden_gradients *gradients) {
  const ptrdiff_t width = layer->width, whole = width & ~(ptrdiff_t)7;
  if (gradients->bias) __builtin_memset(gradients->bias, 0, sizeof(float) * (size_t)width);
  if (gradients->gain) __builtin_memset(gradients->gain, 0, sizeof(float) * (size_t)width);
  if (gradients->shift) __builtin_memset(gradients->shift, 0, sizeof(float) * (size_t)width);
  const float *gain = layer->gain;
  const float *weights = gradients->weights;
  float *bias = gradients->bias, *d_gain = gradients->gain, *d_shift = gradients->shift;
  for (ptrdiff_t row = 0; row < layer->rows; row++) {
    float *dz = gradients->rows + row * layer->stride;
    const float scale = weights ? gradients->scales[row * gradients->scale_stride] : 0;
    const float *output = layer->output + row * layer->stride, *x = layer->product + row * layer->stride;
    const float *keep = layer->keep ? layer->keep + row * layer->keep_stride : 0;
    ptrdiff_t i = 0;
    if (!gain) {
      LAST_SWEEP(LOAD8(output + i) > 0 ? GIVEN8 : (float8)0, output[i] > 0 ? GIVEN : 0)
      continue;
    }
    float8 sums = 0, products = 0;
    float sum, product;
    if (d_gain && d_shift) {
      GATED_ROW((STORE8(d_shift + i, LOAD8(d_shift + i) + dy), STORE8(d_gain + i, LOAD8(d_gain + i) + dy * x8)),
                (d_shift[i] += dy, d_gain[i] += dy * x[i]))
    } else {
      GATED_ROW((void)0, (void)0)
    }
    const float mean = sum / (float)width, slope = product / (float)width;
    const float inverse = layer->inverse_deviation[row];
    LAST_SWEEP((LOAD8(dz + i) - mean - LOAD8(x + i) * slope) * inverse, (dz[i] - mean - x[i] * slope) * inverse)
  }
}
