// Holds one thread of a running process for a while, as a lock, a page that does not come or a debugger would; the others
// go on. `hold_thread PID NAME MILLISECONDS`: prints "held" once it stands still, lets go at the end. Exit code 2: not
// permitted here; 1: there is no such thread.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static int thread_named(const char *pid, const char *name) {
  char path[300], comm[64];
  snprintf(path, sizeof path, "/proc/%s/task", pid);
  DIR *tasks = opendir(path);
  if (!tasks) return 0;
  int found = 0;
  for (struct dirent *entry; !found && (entry = readdir(tasks));) {
    snprintf(path, sizeof path, "/proc/%s/task/%s/comm", pid, entry->d_name);
    FILE *file = fopen(path, "r");
    if (!file) continue;
    if (fgets(comm, sizeof comm, file)) {
      comm[strcspn(comm, "\n")] = 0;
      if (!strcmp(comm, name)) found = atoi(entry->d_name);
    }
    fclose(file);
  }
  closedir(tasks);
  return found;
}

int main(int count, char **arguments) {
  if (count != 4) return 64;
  const int thread = thread_named(arguments[1], arguments[2]);
  if (!thread) return fprintf(stderr, "no thread %s\n", arguments[2]), 1;
  if (ptrace(PTRACE_SEIZE, thread, 0, 0) != 0) return fprintf(stderr, "%s\n", strerror(errno)), errno == EPERM ? 2 : 1;
  int status;
  if (ptrace(PTRACE_INTERRUPT, thread, 0, 0) != 0 || waitpid(thread, &status, __WALL) != thread) return 1;
  puts("held");
  fflush(stdout);
  usleep((useconds_t)atoi(arguments[3]) * 1000);
  ptrace(PTRACE_DETACH, thread, 0, 0);
  return 0;
}
