internal import CRealtime
internal import Glibc
package import LimbTypes

/// Writes the file of `TruthLayout`: one record a sensor frame, collected and written in blocks.
///
/// A record is in the file after `flush`, which the simulator calls at the end of every episode and before it exits.
/// After a crash the file ends with the last whole block and perhaps a torn record. One thread owns it.
package struct TruthWriter: ~Copyable {
  private let path: String
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private static let blockBytes = 64 * 1024

  /// Makes the file, or empties an old one, and writes the header.
  package init(path: String, header: TruthLayout.Header) throws(SimulatorError) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(call: "open", path: path, errno: errno) }
    pending.reserveCapacity(Self.blockBytes + TruthLayout.recordBytes)
    pending = TruthLayout.encode(header)
    try flush()
  }

  deinit { close(descriptor) }

  /// Takes one record; writes when a block is full.
  package mutating func append(_ record: TruthRecord) throws(SimulatorError) {
    TruthLayout.encode(record, to: &pending)
    if pending.count >= Self.blockBytes { try flush() }
  }

  /// Writes everything taken so far. After an error the bytes that were not written are still pending.
  package mutating func flush() throws(SimulatorError) {
    var done = 0
    var refusal: Int32 = 0
    while done < pending.count && refusal == 0 {
      let written = unsafe pending.withUnsafeBufferPointer { buffer in
        unsafe limb_fd_write(descriptor, buffer.baseAddress! + done, buffer.count - done)
      }
      if written > 0 { done += Int(written) } else { refusal = written < 0 ? Int32(-written) : ENOSPC }
    }
    pending.removeFirst(done)
    guard refusal == 0 else { throw .system(call: "write", path: path, errno: refusal) }
  }
}
