/* Loaded before a program under test (LD_PRELOAD): writes down every close of a descriptor that is not open. Between the first and
   the second close of one number another thread may have been given it, and loses its file: such a test fails once in a hundred
   runs, somewhere else. LIMBD_CLOSE_LOG names the file; without it nothing is written. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char *program_invocation_short_name;

int close(int descriptor) {
  static int (*next)(int);
  if (!next) next = (int (*)(int))dlsym(RTLD_NEXT, "close");
  const int result = next(descriptor);
  const int reason = errno;
  const char *path = getenv("LIMBD_CLOSE_LOG");
  /* The compiler and the package manager run under the same environment: they are not under test. */
  if (result == 0 || reason != EBADF || descriptor < 0 || !path || !strstr(program_invocation_short_name, "limbd")) {
    errno = reason;
    return result;
  }
  const int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log >= 0) {
    char line[256];
    void *frames[32];
    const int length = snprintf(line, sizeof line, "%s: closed descriptor %d, which is not open, from\n",
                                program_invocation_short_name, descriptor);
    if (write(log, line, (size_t)length) == length) backtrace_symbols_fd(frames, backtrace(frames, 32), log);
    next(log);
  }
  errno = reason;
  return result;
}
