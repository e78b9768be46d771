#include "CRealtime.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

int64_t limb_fd_read(int fd, void *bytes, size_t count) {
  ssize_t moved;
  do moved = read(fd, bytes, count);
  while (moved < 0 && errno == EINTR);
  return moved < 0 ? -(int64_t)errno : (int64_t)moved;
}

int64_t limb_fd_write(int fd, const void *bytes, size_t count) {
  ssize_t moved;
  do moved = write(fd, bytes, count);
  while (moved < 0 && errno == EINTR);
  return moved < 0 ? -(int64_t)errno : (int64_t)moved;
}

int limb_fd_wait_until_ns(int fd, int want, uint64_t deadline_ns) {
  struct pollfd item = {.fd = fd};
  if (want & LIMB_FD_READABLE) item.events |= POLLIN;
  if (want & LIMB_FD_WRITABLE) item.events |= POLLOUT;
  for (;;) {
    uint64_t now = limb_monotonic_ns();
    uint64_t left = deadline_ns > now ? deadline_ns - now : 0;
    struct timespec timeout = {.tv_sec = (time_t)(left / 1000000000u), .tv_nsec = (long)(left % 1000000000u)};
    int ready = ppoll(&item, 1, &timeout, NULL);
    if (ready == 0) return 0;
    if (ready < 0) {
      if (errno == EINTR) continue; /* the deadline is absolute: the rest of the wait is computed anew */
      return -errno;
    }
    int bits = 0;
    if (item.revents & POLLIN) bits |= LIMB_FD_READABLE;
    if (item.revents & POLLOUT) bits |= LIMB_FD_WRITABLE;
    if (item.revents & (POLLHUP | POLLERR | POLLNVAL)) bits |= LIMB_FD_HANGUP;
    return bits;
  }
}

int limb_fd_set_nonblocking(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) return errno;
  return 0;
}

int limb_terminal_columns(int fd) {
  struct winsize size;
  return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
