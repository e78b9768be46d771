#include "CRealtime.h"

#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct limb_gate {
  _Alignas(64) atomic_uint value; /* how often it was passed */
  atomic_uint sleepers;
};

/* About twenty microseconds: longer than one part of an update waits for the other, shorter than a step of the robot. */
enum { SPINS = 4000, YIELDS = 4 };

static void breathe(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

struct limb_gate *limb_gate_make(void) {
  struct limb_gate *gate = aligned_alloc(64, sizeof *gate);
  if (!gate) abort();
  atomic_init(&gate->value, 0);
  atomic_init(&gate->sleepers, 0);
  return gate;
}

void limb_gate_free(struct limb_gate *gate) { free(gate); }

void limb_gate_pass(struct limb_gate *gate) {
  atomic_fetch_add(&gate->value, 1);
  if (atomic_load(&gate->sleepers)) syscall(SYS_futex, &gate->value, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
}

uint32_t limb_gate_wait(struct limb_gate *gate, uint32_t seen) {
  for (int round = 0; round < YIELDS; round++) {
    for (int spin = 0; spin < SPINS / YIELDS; spin++) {
      if (atomic_load_explicit(&gate->value, memory_order_acquire) != seen) return seen + 1;
      breathe();
    }
    sched_yield(); /* two threads that share one processor must not spin against each other */
  }
  atomic_fetch_add(&gate->sleepers, 1);
  while (atomic_load(&gate->value) == seen) syscall(SYS_futex, &gate->value, FUTEX_WAIT_PRIVATE, seen, 0, 0, 0);
  atomic_fetch_sub(&gate->sleepers, 1);
  return seen + 1;
}
