internal import LimbTypes

/// One direction of the line, a millisecond at a time: its latency, and what the faults of the line do to its bytes.
///
/// Bytes are taken frame by frame (up to and including the delimiter that ends one). All randomness is Philox, a pure
/// function of (seed, millisecond, direction, fault, frame): the same seed and the same bytes give the same damage. One
/// thread owns it.
package struct SimulatedLine: Sendable {
  private struct Waiting {
    let due: UInt64
    let bytes: [UInt8]
  }

  private let faults: [ScheduledFault]
  private let direction: LineDirection
  private let seed: UInt64
  private var waiting: [Waiting] = []
  /// Milliseconds from end to end, apart from faults. A change meets the bytes that go in from now on; order is kept.
  package var latency: UInt64 = 0

  /// The faults of `schedule` that meet bytes going to `direction`.
  package init(_ schedule: FaultSchedule, to direction: LineDirection, seed: UInt64) {
    self.direction = direction
    self.seed = seed
    faults = schedule.faults.filter { Self.direction(of: $0.fault) == direction }
  }

  private static func direction(of fault: Fault) -> LineDirection? {
    switch fault {
    case .drop(let share), .corrupt(let share), .duplicate(let share), .delay(let share, _): share.to
    case .garbage(let direction, _): direction
    default: nil
    }
  }

  /// What comes out at the far end in this millisecond, if `bytes` go in. Call it once every millisecond, with no bytes
  /// too: delayed ones fall due. Without faults the bytes come out as they went in.
  package mutating func pass(_ bytes: [UInt8], millisecond: UInt64) -> [UInt8] {
    if faults.isEmpty {
      if latency == 0 && waiting.isEmpty { return bytes }
      if !bytes.isEmpty { enqueue(bytes, due: millisecond + latency) }
      return takeDue(millisecond)
    }
    var output: [UInt8] = []
    for (index, scheduled) in faults.enumerated() where scheduled.isActive(at: millisecond) {
      if case .garbage(_, let count) = scheduled.fault {
        output += noise(count: count, fault: index, millisecond: millisecond)
      }
    }
    for (number, frame) in Self.frames(in: bytes).enumerated() {
      damage(frame, number: UInt32(number), millisecond: millisecond)
    }
    return output + takeDue(millisecond)
  }

  /// Forgets what is under way: the cable was pulled.
  package mutating func clear() { waiting = [] }

  private mutating func damage(_ frame: [UInt8], number: UInt32, millisecond: UInt64) {
    var bytes = frame
    var copies = 1
    var due = millisecond + latency
    for (index, scheduled) in faults.enumerated() where scheduled.isActive(at: millisecond) {
      let draw = block(millisecond, fault: index, item: number)
      switch scheduled.fault {
      case .drop(let share) where Philox.unit(draw.x) < share.rate: return
      case .corrupt(let share) where Philox.unit(draw.x) < share.rate:
        let place = Philox.index(draw.y, below: bytes.count)
        bytes[place] ^= UInt8(1 + Philox.index(draw.z, below: 255))
      case .duplicate(let share) where Philox.unit(draw.x) < share.rate: copies += 1
      case .delay(let share, let milliseconds) where Philox.unit(draw.x) < share.rate: due += UInt64(milliseconds)
      default: break
      }
    }
    for _ in 0..<copies { enqueue(bytes, due: due) }
  }

  /// A line keeps the order: nothing overtakes what is under way.
  private mutating func enqueue(_ bytes: [UInt8], due: UInt64) {
    waiting.append(Waiting(due: max(due, waiting.last?.due ?? 0), bytes: bytes))
  }

  private mutating func takeDue(_ millisecond: UInt64) -> [UInt8] {
    var output: [UInt8] = []
    var count = 0
    while count < waiting.count && waiting[count].due <= millisecond {
      output += waiting[count].bytes
      count += 1
    }
    waiting.removeFirst(count)
    return output
  }

  private func noise(count: Int, fault: Int, millisecond: UInt64) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: block(millisecond, fault: fault, item: 0x8000 + UInt32($0)).x) }
  }

  /// Lanes from 2³⁰ on: the body's own draws lie below.
  private func block(_ millisecond: UInt64, fault: Int, item: UInt32) -> SIMD4<UInt32> {
    let side: UInt32 = direction == .host ? 0 : 1
    let lane = 1 << 30 | side << 29 | UInt32(truncatingIfNeeded: fault & 0xFFF) << 16 | item & 0xFFFF
    return Philox.block(seed: seed, stream: .simulator, counter: millisecond, lane: lane)
  }

  /// Cuts after every delimiter that ends something; what is left at the end is a piece too.
  static func frames(in bytes: [UInt8]) -> [[UInt8]] {
    var frames: [[UInt8]] = []
    var current: [UInt8] = []
    var hasBody = false
    for byte in bytes {
      current.append(byte)
      if byte != 0 {
        hasBody = true
      } else if hasBody {
        frames.append(current)
        current = []
        hasBody = false
      }
    }
    if !current.isEmpty { frames.append(current) }
    return frames
  }
}
