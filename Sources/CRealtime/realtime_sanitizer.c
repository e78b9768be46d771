/* RealtimeSanitizer's marks, where its runtime is linked (scripts/sanitize realtime): between them every call that may
   block or allocate ends the process with its stack. In any other build they are nothing. */
#include "CRealtime.h"

__attribute__((weak)) void __rtsan_realtime_enter(void);
__attribute__((weak)) void __rtsan_realtime_exit(void);

int limb_realtime_sanitizer_active(void) { return __rtsan_realtime_enter != 0; }

void limb_realtime_enter(void) {
  if (__rtsan_realtime_enter) __rtsan_realtime_enter();
}

void limb_realtime_exit(void) {
  if (__rtsan_realtime_exit) __rtsan_realtime_exit();
}
