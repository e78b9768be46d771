/* Counts the heap calls of one thread. The malloc family is defined here over glibc's own entry points, so that every
   allocation in the process passes, the Swift runtime's included; only threads that armed the probe count. */
#include "CRealtime.h"
#include <errno.h>
#include <features.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LIMB_NO_HEAP_PROBE 1 /* sanitizers bring their own allocator */
#endif
#endif
/* RealtimeSanitizer intercepts malloc too, and has no macro: its build defines this itself. */
#ifndef __GLIBC__
#define LIMB_NO_HEAP_PROBE 1
#endif

static __thread __attribute__((tls_model("initial-exec"))) int armed;
static __thread __attribute__((tls_model("initial-exec"))) uint64_t calls;

void limb_heap_probe_arm(void) { calls = 0; armed = 1; }
uint64_t limb_heap_probe_count(void) { return calls; }
uint64_t limb_heap_probe_disarm(void) { armed = 0; return calls; }

#ifdef LIMB_NO_HEAP_PROBE
int limb_heap_probe_available(void) { return 0; }
#else
int limb_heap_probe_available(void) { return 1; }

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

#define COUNT() do { if (__builtin_expect(armed, 0)) calls += 1; } while (0)

void *malloc(size_t size) { COUNT(); return __libc_malloc(size); }
void *calloc(size_t count, size_t size) { COUNT(); return __libc_calloc(count, size); }
void *realloc(void *block, size_t size) { COUNT(); return __libc_realloc(block, size); }
void *memalign(size_t alignment, size_t size) { COUNT(); return __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { COUNT(); return __libc_memalign(alignment, size); }
void free(void *block) { COUNT(); __libc_free(block); }

int posix_memalign(void **result, size_t alignment, size_t size) {
  COUNT();
  if (alignment < sizeof(void *) || (alignment & (alignment - 1)) != 0) return EINVAL;
  void *block = __libc_memalign(alignment, size);
  if (block == NULL) return ENOMEM;
  *result = block;
  return 0;
}
#endif
