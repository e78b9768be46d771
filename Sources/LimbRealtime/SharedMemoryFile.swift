internal import Glibc

/// A block of memory with a name in a file system that lies in memory (`/dev/shm`): it outlives its process, however that ends, but
/// not the computer's next start. Owned by a lock for as long as its maker lives.
@safe package struct SharedMemoryFile: ~Copyable, @unchecked Sendable {
  /// Its name; nil for memory without one, which ends with the process.
  package let path: String?
  /// All of it, whole pages, zero at first; every page is present.
  package let base: UnsafeMutableRawPointer
  /// How much.
  package let byteCount: Int
  private let descriptor: Int32

  /// Memory without a name.
  package init(byteCount: Int) {
    let whole = Self.wholePages(byteCount)
    path = nil
    self.byteCount = whole
    descriptor = -1
    let memory = unsafe mmap(nil, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else { fatalError("no memory for \(whole) bytes") }
    unsafe base = memory
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: whole)
  }

  /// Makes `path`, which must not exist, for this user alone, and reserves its room: a page that cannot be had later would be
  /// SIGBUS on the thread that writes.
  package init(path: String, byteCount: Int) throws(RealtimeError) {
    let whole = Self.wholePages(byteCount)
    let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw .sharedMemory(path: path, operation: "open", errno: errno) }
    var failure = flock(file, LOCK_EX | LOCK_NB) == 0 ? 0 : errno
    if failure == 0 { failure = posix_fallocate(file, 0, off_t(whole)) }
    let memory = failure == 0 ? unsafe mmap(nil, whole, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : nil
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      if failure == 0 { failure = errno }
      close(file)
      unsafe unlink(path)
      throw .sharedMemory(path: path, operation: "reserve", errno: failure)
    }
    self.path = path
    unsafe base = memory
    self.byteCount = whole
    descriptor = file
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: whole)
  }

  /// Takes over what another process left under `path`. Nil if nothing is there, if it is not this user's, or if its owner lives; one
  /// that was killed before it had reserved anything left a name alone, which goes.
  package init?(orphan path: String) {
    let file = unsafe open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return nil }
    var status = stat()
    let isOurs = unsafe fstat(file, &status) == 0 && status.st_uid == geteuid() && status.st_mode & S_IFMT == S_IFREG
    let bytes = Int(status.st_size)
    guard isOurs, flock(file, LOCK_EX | LOCK_NB) == 0, bytes > 0 else {
      if isOurs, bytes == 0 { unsafe unlink(path) }
      close(file)
      return nil
    }
    let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      close(file)
      return nil
    }
    self.path = path
    unsafe base = memory
    byteCount = bytes
    descriptor = file
  }

  deinit {
    unsafe munmap(base, byteCount)
    if descriptor >= 0 { close(descriptor) }
  }

  /// Takes the name away: nobody will find it any more.
  package func removeName() {
    if let path { unsafe unlink(path) }
  }

  private static func wholePages(_ bytes: Int) -> Int { (bytes + 4095) / 4096 * 4096 }
}
