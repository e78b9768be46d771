#include "CRealtime.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

struct start { /* lives on the starter's stack: valid until the new thread has posted `reported` */
  const char *name;
  int affinity, cpu, priority, nice, realtime_required, affinity_required;
  size_t prefault_bytes;
  void (*body)(void *);
  void *context;
  struct limb_thread_report *report;
  sem_t reported;
};

static __attribute__((noinline)) void touch_stack(size_t bytes) {
  volatile char pages[bytes];
  for (size_t i = 0; i < bytes; i += 4096) pages[i] = 0;
}

static void *enter(void *argument) {
  struct start *start = argument;
  struct limb_thread_report report = {.thread_id = limb_thread_id()};
  limb_set_thread_name(start->name);
  report.affinity_errno = limb_set_affinity(start->affinity, start->cpu);
  if (start->priority > 0) {
    struct sched_param parameters = {.sched_priority = start->priority};
    report.schedule_errno = pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters);
  }
  if (start->priority == 0 || report.schedule_errno != 0) report.nice_errno = limb_set_nice(start->nice);
  prctl(PR_SET_TIMERSLACK, 1UL); /* normal threads wake up to 50 microseconds late without it */
  if (start->prefault_bytes > 0) touch_stack(start->prefault_bytes);
  report.body_started = !((start->realtime_required && report.schedule_errno != 0) ||
                          (start->affinity_required && report.affinity_errno != 0));
  void (*body)(void *) = start->body;
  void *context = start->context;
  *start->report = report;
  sem_post(&start->reported); /* `start` is gone from here on */
  if (report.body_started) body(context);
  return NULL;
}

int limb_thread_start(const char *name, int affinity, int cpu, int priority, int nice, size_t stack_bytes,
                      size_t prefault_bytes, int realtime_required, int affinity_required, void (*body)(void *),
                      void *context, struct limb_thread_report *report, uint64_t *handle) {
  struct start start = {name, affinity, cpu, priority, nice, realtime_required, affinity_required, prefault_bytes,
                        body, context, report, {{0}}};
  pthread_attr_t attributes;
  pthread_t thread;
  sem_init(&start.reported, 0, 0);
  pthread_attr_init(&attributes);
  int result = pthread_attr_setstacksize(&attributes, stack_bytes);
  if (result == 0) result = pthread_create(&thread, &attributes, enter, &start);
  pthread_attr_destroy(&attributes);
  if (result == 0) {
    while (sem_wait(&start.reported) != 0 && errno == EINTR) {}
    *handle = (uint64_t)thread;
  }
  sem_destroy(&start.reported);
  return result;
}

int limb_thread_join(uint64_t handle) { return pthread_join((pthread_t)handle, NULL); }

int limb_set_affinity(int affinity, int cpu) {
  cpu_set_t set;
  if (affinity == LIMB_AFFINITY_INHERIT) return 0;
  if (cpu < 0 || cpu >= CPU_SETSIZE) return EINVAL;
  if (affinity == LIMB_AFFINITY_PIN) {
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
  } else {
    if (sched_getaffinity(0, sizeof set, &set) != 0) return errno;
    CPU_CLR(cpu, &set);
  }
  return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : errno; /* an empty set is EINVAL */
}

/* On Linux the nice value belongs to the thread. */
int limb_set_nice(int nice) { return setpriority(PRIO_PROCESS, (id_t)limb_thread_id(), nice) == 0 ? 0 : errno; }

int limb_set_thread_name(const char *name) {
  char short_name[16] = {0};
  strncpy(short_name, name, sizeof short_name - 1);
  return pthread_setname_np(pthread_self(), short_name);
}

int limb_processor_count(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
}

/* Touches every private mapping: code, data, heap, stacks. Shared maps (a replay store of gigabytes) stay as they are. */
static void limb_touch_private_memory(void) {
  FILE *maps = fopen("/proc/self/maps", "re");
  if (!maps) return;
  char line[512];
  while (fgets(line, sizeof line, maps)) {
    unsigned long start = 0, end = 0;
    char rights[5] = "";
    if (sscanf(line, "%lx-%lx %4s", &start, &end, rights) != 3 || rights[3] != 'p' || rights[0] != 'r') continue;
    int advice = rights[1] == 'w' ? 23 /* MADV_POPULATE_WRITE */ : 22 /* MADV_POPULATE_READ, both since Linux 5.14 */;
    (void)madvise((void *)start, end - start, advice); /* refused on older kernels and on [vvar]: locking goes on */
  }
  fclose(maps);
}

/* ON_FAULT: what is mapped but was never touched is not read in to be locked. */
int limb_lock_current_memory(void) {
  limb_touch_private_memory();
  return mlockall(MCL_CURRENT | MCL_ONFAULT) == 0 ? 0 : errno;
}
int limb_unlock_memory(void) { return munlockall() == 0 ? 0 : errno; }
int32_t limb_thread_id(void) { return (int32_t)gettid(); }
int limb_current_cpu(void) { return sched_getcpu(); }

struct limb_thread_usage limb_thread_usage(void) {
  struct rusage usage;
  struct limb_thread_usage result = {0};
  if (getrusage(RUSAGE_THREAD, &usage) != 0) return result;
  result.minor_faults = usage.ru_minflt;
  result.major_faults = usage.ru_majflt;
  result.voluntary_switches = usage.ru_nvcsw;
  result.involuntary_switches = usage.ru_nivcsw;
  return result;
}
