/* libserialport, and the two tty ioctls it has no call for. */
#ifndef LIMB_CSERIALPORT_H
#define LIMB_CSERIALPORT_H
#include <errno.h>
#include <libserialport.h>
#include <linux/serial.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>

/* A vouched call: reviewed by hand. libserialport's non-blocking calls are one read(2) or write(2) each and allocate
   nothing; its debug handler, which would call getenv each time, is switched off when the port is opened. */
#define LIMB_SP_NO_LOCKS __attribute__((swift_attr("@_noLocks")))

/* Bytes read, 0 = nothing there, or -errno. libserialport sets VMIN 0, so a terminal that hung up reads as "nothing
   there": poll tells the difference, as -EIO. */
LIMB_SP_NO_LOCKS static inline int limb_sp_read(struct sp_port *port, int fd, void *bytes, size_t count)
{
  int n = (int)sp_nonblocking_read(port, bytes, count);
  if (n < 0) return errno > 0 ? -errno : -EIO;
  if (n == 0) {
    struct pollfd watched = { fd, POLLIN, 0 };
    if (poll(&watched, 1, 0) > 0 && (watched.revents & (POLLHUP | POLLERR | POLLNVAL))) return -EIO;
  }
  return n;
}

/* Bytes written (fewer than count when the line is busy), or -errno. */
LIMB_SP_NO_LOCKS static inline int limb_sp_write(struct sp_port *port, const void *bytes, size_t count)
{
  int n = (int)sp_nonblocking_write(port, bytes, count);
  return n < 0 ? (errno > 0 ? -errno : -EIO) : n;
}

/* Not on the control path from here on. */

static inline void limb_sp_silence(void) { sp_set_debug_handler(NULL); }

static inline int limb_sp_handle(struct sp_port *port)
{
  int fd = -1;
  return sp_get_port_handle(port, &fd) == SP_OK ? fd : -1;
}

/* Refuses everybody else's open (root excepted): 0 or errno. */
static inline int limb_exclusive(int fd) { return ioctl(fd, TIOCEXCL) < 0 ? errno : 0; }

/* Asks the driver to hand over bytes at once (FTDI: a 1 ms latency timer instead of 16). 0, or the errno of a driver
   that knows no such flag. */
static inline int limb_low_latency(int fd)
{
  struct serial_struct settings;
  if (ioctl(fd, TIOCGSERIAL, &settings) < 0) return errno;
  settings.flags |= (int)ASYNC_LOW_LATENCY;
  return ioctl(fd, TIOCSSERIAL, &settings) < 0 ? errno : 0;
}

#endif
