// Plain loops, compiled so that they are not taken for the functions that they are (the Makefile says how). Words where
// both ends allow it: the firmware moves its transmit buffer with memmove.
#include <string.h>

#include <stdint.h>

typedef uint32_t __attribute__((may_alias)) word;

static int is_aligned(const void *a, const void *b) { return (((uintptr_t)a | (uintptr_t)b) & 3u) == 0; }

// From low to high addresses: right for areas that overlap, if `to` lies below.
static void copy_upwards(void *to, const void *from, size_t count) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if (is_aligned(t, f)) {
    for (; count >= sizeof(word); count -= sizeof(word), t += sizeof(word), f += sizeof(word)) {
      *(word *)(void *)t = *(const word *)(const void *)f;
    }
  }
  for (size_t i = 0; i < count; i++) t[i] = f[i];
}

void *memcpy(void *to, const void *from, size_t count) {
  copy_upwards(to, from, count);
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *t = to;
  const unsigned char *f = from;
  if ((uintptr_t)t > (uintptr_t)f) {
    while (count-- > 0) t[count] = f[count];
  } else {
    copy_upwards(to, from, count);
  }
  return to;
}

void *memset(void *to, int value, size_t count) {
  unsigned char *t = to;
  for (size_t i = 0; i < count; i++) t[i] = (unsigned char)value;
  return to;
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *x = a;
  const unsigned char *y = b;
  for (size_t i = 0; i < count; i++) {
    if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
  }
  return 0;
}
