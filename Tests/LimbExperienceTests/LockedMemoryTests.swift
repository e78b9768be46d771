import CRealtime
import Foundation
import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbExperience

/// What the daemon locks for control's sake must not be its whole past.
@Suite("Locked memory")
struct LockedMemoryTests {
  /// What /proc/self/smaps says of the maps of one store.
  private struct Maps {
    var count = 0
    var locked = 0
    var residentKibibytes = 0
  }

  private func maps(of directory: String) throws -> Maps {
    var found = Maps()
    // The kernel tells resolved paths.
    let name = "/" + URL(filePath: directory).lastPathComponent + "/"
    var isOurs = false
    let handle = try #require(FileHandle(forReadingAtPath: "/proc/self/smaps"))
    let text = String(decoding: try handle.readToEnd() ?? Data(), as: UTF8.self)
    for line in text.split(separator: "\n") {
      if line.contains("-"), line.split(separator: " ").count >= 5, !line.hasPrefix("VmFlags") {
        isOurs = line.contains(name)
        if isOurs { found.count += 1 }
      } else if isOurs, line.hasPrefix("Rss:") {
        found.residentKibibytes += Int(line.split(separator: " ")[1]) ?? 0
      } else if isOurs, line.hasPrefix("VmFlags:"), line.split(separator: " ").contains("lo") {
        found.locked += 1
      }
    }
    return found
  }

  /// Whether this process may lock as much memory as it likes.
  private static var mayLock: Bool {
    var limit = rlimit()
    return unsafe getrlimit(Int32(__RLIMIT_MEMLOCK.rawValue), &limit) == 0 && limit.rlim_cur == .max || geteuid() == 0
  }

  @Test(
    "a million steps are open, sampled and gone on with, and none of their memory is locked",
    .enabled(if: mayLock, "this process may not lock memory"))
  func million() throws {
    let directory = TemporaryDirectory()
    let steps = 1_000_000
    let store = try openStore(directory, capacity: 2 * steps, segment: 16_384)
    let record = numbered(0)
    for number in 0..<steps {
      var next = record
      next.sequence = UInt64(number)
      next.index = Int32(number)
      try store.stage(next)
      if number % 4096 == 0 { try store.publish() }
    }
    try store.publish()
    let locked = limb_lock_current_memory()
    try #require(locked == 0)
    defer { _ = limb_unlock_memory() }
    let all = try maps(of: directory.path)
    #expect(all.count >= steps / 16_384 && all.locked == all.count, "\(all): the look at the maps sees nothing")
    store.unlockMaps()
    #expect(try maps(of: directory.path).locked == 0)
    // Every record is read, as a learner does in the end, and more come in a new segment.
    var sum: Int64 = 0
    for segment in store.segmentsNow {
      for index in 0..<segment.recordCount {
        unsafe sum += Int64(segment.record(index).load(as: UInt8.self))
      }
    }
    for number in steps..<(steps + 20_000) {
      var next = record
      next.sequence = UInt64(number)
      next.index = Int32(number)
      try store.stage(next)
    }
    try store.publish()
    let later = try maps(of: directory.path)
    #expect(sum != 0 && later.count > all.count && later.locked == 0, "\(later)")
    #expect(later.residentKibibytes > 100_000, "\(later): they were not touched")
  }
}
