/// Cuts a byte stream at its zero delimiters into complete `00 … 00` frames; what comes without a delimiter for longer
/// than any frame is passed on as it is.
struct FrameSplitter {
  private var pending: [UInt8] = [0]
  private static let limit = 1024

  /// Calls `body` for each frame that these bytes complete.
  mutating func push(_ bytes: ArraySlice<UInt8>, _ body: ([UInt8]) -> Void) {
    for byte in bytes {
      if byte != 0 {
        pending.append(byte)
        if pending.count > Self.limit {
          body(pending)
          pending = [0]
        }
      } else if pending.count > 1 {
        pending.append(0)
        body(pending)
        pending = [0]
      }
    }
  }
}
