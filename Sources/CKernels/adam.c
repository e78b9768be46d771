/* The optimiser, in one pass over contiguous blocks. */
#include "CKernels.h"
#include "vectors.h"

LIMB_WIDEST void limb_adam(const struct limb_adam_step *step, size_t count, float *parameters, const float *gradients,
                           float *first_moments, float *second_moments, float *targets) {
  const float keep1 = step->beta1, take1 = 1 - step->beta1, keep2 = step->beta2, take2 = 1 - step->beta2;
  const float rate = step->rate, correction = step->root_correction, epsilon = step->epsilon, tau = step->polyak;
  size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    const float8 g = LOAD8(gradients + i);
    const float8 m = keep1 * LOAD8(first_moments + i) + take1 * g;
    const float8 v = keep2 * LOAD8(second_moments + i) + take2 * (g * g);
    const float8 theta = LOAD8(parameters + i) - rate * m / (__builtin_elementwise_sqrt(v) * correction + epsilon);
    STORE8(first_moments + i, m);
    STORE8(second_moments + i, v);
    STORE8(parameters + i, theta);
    if (targets) STORE8(targets + i, LOAD8(targets + i) + tau * (theta - LOAD8(targets + i)));
  }
  for (; i < count; i++) {
    const float g = gradients[i];
    const float m = keep1 * first_moments[i] + take1 * g;
    const float v = keep2 * second_moments[i] + take2 * (g * g);
    const float theta = parameters[i] - rate * m / (__builtin_sqrtf(v) * correction + epsilon);
    first_moments[i] = m;
    second_moments[i] = v;
    parameters[i] = theta;
    if (targets) targets[i] += tau * (theta - targets[i]);
  }
}

LIMB_WIDEST float limb_sum_of_squares(const float *numbers, size_t count) {
  float8 first = 0, second = 0;
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    const float8 x = LOAD8(numbers + i), y = LOAD8(numbers + i + 8);
    first += x * x;
    second += y * y;
  }
  first += second;
  float sum = SUM8(first);
  for (; i < count; i++) sum += numbers[i] * numbers[i];
  return sum;
}
