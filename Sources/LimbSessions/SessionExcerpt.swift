internal import Glibc
internal import LimbLink
package import LimbTypes

/// A short piece of a session as a file of its own, in the format of the session log: what a black box held.
package enum SessionExcerpt {
  /// Files of this kind that a folder keeps; the oldest go.
  package static let filesKept = 50

  /// Writes `ticks` and `events`, in the order of their iterations, to `directory`/`name`.limblog: whole or not at all.
  package static func write(
    directory: String, name: String, header: SessionHeader, ticks: [TickRecord], events: [ControlEvent]
  ) throws(SessionError) -> String {
    try SessionFile.makeDirectory(directory)
    let crc = CRC32C()
    var writer = EntryWriter(bytes: SessionFrame.magic)
    func entry(_ kind: SessionEntryKind, _ body: (inout EntryWriter) -> Void) {
      let start = writer.begin(kind)
      body(&writer)
      writer.end(start, crc)
    }
    entry(.header) { $0.bytes.append(contentsOf: header.encoded()) }
    var next = events.startIndex
    for tick in ticks {
      while next < events.endIndex, events[next].iteration < tick.iteration {
        entry(.event) { $0.put(events[next]) }
        next += 1
      }
      entry(.tick) { $0.put(tick) }
    }
    for event in events[next...] { entry(.event) { $0.put(event) } }
    entry(.end) {
      $0.put(UInt64(ticks.count))
      $0.put(UInt64(events.count))
      $0.put(UInt64(0))
    }
    let path = directory + "/" + name + ".limblog"
    try SessionFile.replace(path, with: writer.bytes, in: directory)
    for old in SessionFile.names(in: directory).filter({ $0.hasSuffix(".limblog") }).dropLast(filesKept) {
      unsafe unlink(directory + "/" + old)
    }
    return path
  }
}
