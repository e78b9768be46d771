/* System calls that Swift cannot reach, or that the control path vouches for.
   Every function marked LIMB_NO_LOCKS was reviewed by hand: it does not allocate, lock, or wait for another thread of
   this process. (The sleeping and polling calls wait for time or for a descriptor: that is their purpose.) */
#ifndef LIMB_CREALTIME_H
#define LIMB_CREALTIME_H
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define LIMB_NO_LOCKS __attribute__((swift_attr("@_noLocks")))

LIMB_NO_LOCKS static inline float limb_sqrtf(float x) { return __builtin_sqrtf(x); }
LIMB_NO_LOCKS static inline double limb_sqrt(double x) { return __builtin_sqrt(x); }

/* time.c: CLOCK_MONOTONIC in nanoseconds; sleep returns 0 or an errno (interrupted sleeps are resumed). */
LIMB_NO_LOCKS uint64_t limb_monotonic_ns(void);
LIMB_NO_LOCKS int limb_sleep_until_ns(uint64_t deadline_ns);

/* descriptor.c. Read and write: bytes moved (0 from read: end of stream, or nothing there on a terminal with VMIN 0),
   or -errno (-EAGAIN: nothing there, or no room). Interrupted calls are repeated.
   Wait: until the descriptor is ready or the absolute monotonic instant; bits of what is ready, 0 = deadline,
   or -errno. Hang-up and error conditions set LIMB_FD_HANGUP whether asked for or not; an instant in the past only looks. */
enum { LIMB_FD_READABLE = 1, LIMB_FD_WRITABLE = 2, LIMB_FD_HANGUP = 4 };
LIMB_NO_LOCKS int64_t limb_fd_read(int fd, void *bytes, size_t count);
LIMB_NO_LOCKS int64_t limb_fd_write(int fd, const void *bytes, size_t count);
LIMB_NO_LOCKS int limb_fd_wait_until_ns(int fd, int want, uint64_t deadline_ns);
int limb_fd_set_nonblocking(int fd); /* also close-on-exec; 0 or errno */
int limb_terminal_columns(int fd);   /* of a terminal, 0 where it does not say */

/* thread.c */
enum { LIMB_AFFINITY_INHERIT = 0, LIMB_AFFINITY_PIN = 1, LIMB_AFFINITY_AVOID = 2 };
struct limb_thread_report { /* what the new thread was granted: 0 or the errno of the refusal */
  int32_t thread_id;
  int32_t affinity_errno, schedule_errno, nice_errno;
  int32_t body_started; /* 0: something required was refused and the body never ran */
};
struct limb_thread_usage { int64_t minor_faults, major_faults, voluntary_switches, involuntary_switches; };

/* Starts a thread that applies its own name, affinity and scheduling, touches `prefault_bytes` of its stack, reports,
   and then runs body(context). Waits for the report. Returns 0 or the errno of pthread_create. priority 0 = normal
   scheduling with `nice`. When a required item is refused the thread ends without running the body (it must still be joined). */
int limb_thread_start(const char *name, int affinity, int cpu, int priority, int nice, size_t stack_bytes,
                      size_t prefault_bytes, int realtime_required, int affinity_required, void (*body)(void *),
                      void *context, struct limb_thread_report *report, uint64_t *handle);
int limb_thread_join(uint64_t handle);
int limb_set_affinity(int affinity, int cpu); /* of the calling thread; 0 or errno */
int limb_set_nice(int nice);                  /* of the calling thread; 0 or errno */
int limb_set_thread_name(const char *name);   /* first 15 bytes count */
int limb_processor_count(void);               /* processors this thread may run on */
int limb_lock_current_memory(void);           /* mlockall(MCL_CURRENT): 0 or errno */
int limb_unlock_memory(void);
LIMB_NO_LOCKS int32_t limb_thread_id(void);
LIMB_NO_LOCKS int limb_current_cpu(void);
LIMB_NO_LOCKS struct limb_thread_usage limb_thread_usage(void);

/* gate.c: one thread passes a gate, another waits until it has been passed once more than it has `seen`, and returns the new
   number; it spins for some microseconds and then sleeps. Whatever was written before passing is seen after waiting. */
struct limb_gate;
struct limb_gate *limb_gate_make(void);
void limb_gate_free(struct limb_gate *gate);
void limb_gate_pass(struct limb_gate *gate);
uint32_t limb_gate_wait(struct limb_gate *gate, uint32_t seen);

/* heap_probe.c: the malloc family, counted per thread while armed. Compiled out by LIMB_NO_HEAP_PROBE, in sanitizer
   builds and without glibc; then available is 0 and every count is 0. */
LIMB_NO_LOCKS int limb_heap_probe_available(void);
LIMB_NO_LOCKS void limb_heap_probe_arm(void);        /* zeroes this thread's count and starts it */
LIMB_NO_LOCKS uint64_t limb_heap_probe_count(void);  /* heap calls of this thread since it was armed */
LIMB_NO_LOCKS uint64_t limb_heap_probe_disarm(void); /* stops and returns the count */

/* realtime_sanitizer.c: nothing, except in a build with RealtimeSanitizer's runtime (scripts/sanitize realtime) */
int limb_realtime_sanitizer_active(void);
LIMB_NO_LOCKS void limb_realtime_enter(void);
LIMB_NO_LOCKS void limb_realtime_exit(void);

#endif
