/* For tests alone: preloaded into a process, it makes a pseudo-terminal look like a serial port, so that the real
   libserialport opens, configures, reads and writes one. It answers what the kernel would say of a UART:
     lstat, readlink   of /sys/class/tty/pts/N, where libserialport looks a port up;
     stat              of /dev/pts/N, with the major number of ttyS;
     ioctl             TIOCMGET and TIOCMSET, TIOCMBIS, TIOCMBIC (modem lines), TIOCGSERIAL and TIOCSSERIAL.
   Everything else goes through. Build: cc -shared -fPIC -o pty_as_port.so pty_as_port.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int is_sysfs_entry(const char *path) { return strncmp(path, "/sys/class/tty/pts/", 19) == 0; }

int lstat(const char *path, struct stat *status)
{
  static int (*next)(const char *, struct stat *);
  if (!next) next = (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "lstat");
  if (!is_sysfs_entry(path)) return next(path, status);
  memset(status, 0, sizeof *status);
  status->st_mode = S_IFLNK | 0777;
  return 0;
}

/* What binaries built against an older glibc call instead. */
int __lxstat(int version, const char *path, struct stat *status)
{
  (void)version;
  return lstat(path, status);
}

int stat(const char *path, struct stat *status)
{
  static int (*next)(const char *, struct stat *);
  if (!next) next = (int (*)(const char *, struct stat *))dlsym(RTLD_NEXT, "stat");
  int result = next(path, status);
  if (result == 0 && strncmp(path, "/dev/pts/", 9) == 0) status->st_rdev = makedev(4, 64);
  return result;
}

ssize_t readlink(const char *path, char *buffer, size_t size)
{
  static ssize_t (*next)(const char *, char *, size_t);
  if (!next) next = (ssize_t (*)(const char *, char *, size_t))dlsym(RTLD_NEXT, "readlink");
  if (!is_sysfs_entry(path)) return next(path, buffer, size);
  static const char target[] = "../../devices/platform/serial8250/tty/ttyS0";
  size_t count = sizeof target - 1 < size ? sizeof target - 1 : size;
  memcpy(buffer, target, count);
  return (ssize_t)count;
}

int ioctl(int fd, unsigned long request, ...)
{
  static int (*next)(int, unsigned long, ...);
  static int modem_lines = TIOCM_DTR | TIOCM_RTS | TIOCM_CTS;
  static struct serial_struct settings;
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (!next) next = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
  switch (request) {
    case TIOCMGET: *(int *)argument = modem_lines; return 0;
    case TIOCMSET: modem_lines = *(int *)argument; return 0;
    case TIOCMBIS: modem_lines |= *(int *)argument; return 0;
    case TIOCMBIC: modem_lines &= ~*(int *)argument; return 0;
    case TIOCGSERIAL: memcpy(argument, &settings, sizeof settings); return 0;
    case TIOCSSERIAL: memcpy(&settings, argument, sizeof settings); return 0;
    default: return next(fd, request, argument);
  }
}
