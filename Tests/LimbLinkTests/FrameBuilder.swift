import LimbLink
import LimbTestSupport

/// Writes frames by hand, right or wrong as asked, without the encoder under test.
enum FrameBuilder {
  /// `00 COBS(header payload crc) 00`.
  static func frame(
    type: UInt8, payload: [UInt8], sequence: UInt16 = 0, version: UInt8 = 0x10, hash: UInt32? = nil
  ) -> [UInt8] {
    var plain: [UInt8] = [version, type, UInt8(truncatingIfNeeded: sequence), UInt8(sequence >> 8), 1, 2, 3, 4]
    plain += payload
    let schema = hash ?? MessageType.numbered(type)?.schemaHash ?? 0
    plain += word(checksum(plain + word(schema)))
    return [0] + cobsEncode(plain) + [0]
  }

  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    let crc = CRC32C()
    return unsafe (bytes + [0]).withUnsafeBufferPointer { unsafe crc.checksum($0.baseAddress!, count: bytes.count) }
  }

  static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  /// The size of a message's fixed part, from the SPEC's schema lines.
  static func fixedSize(_ type: MessageType) -> Int {
    switch type {
    case .hello: 14
    case .helloAck: 52
    case .caps: 48
    case .sensorQuad: 52
    case .sensorArm: 30
    case .command: 10
    case .heartbeat: 12
    case .emergencyStop: 2
    case .fault: 10
    case .arm: 8
    case .disarm: 4
    case .clear: 5
    case .ack: 7
    case .parameter: 12
    case .parameterValue: 22
    case .timeSync: 26
    case .statistics: 96
    case .log: 2
    case .boot: 8
    case .tick: 16
    case .tickDone: 8
    }
  }

  /// A payload that is valid, unless `wild`: then counts, lengths and values may be anything.
  static func payload(_ type: MessageType, _ random: inout SplitMix64, wild: Bool = false) -> [UInt8] {
    var bytes = random.bytes(fixedSize(type))
    func count(_ limit: Int, from: Int = 0) -> UInt8 { UInt8(from + random.below(limit - from + 1)) }
    var lists = 0
    switch type {
    case .hello, .helloAck: bytes.replaceSubrange(0..<4, with: word(LinkLimits.magic)); bytes[4] |= 1
    case .boot: bytes.replaceSubrange(4..<8, with: word(LinkLimits.bootMagic))
    case .caps:
      bytes[9] = count(24, from: 1)
      bytes[10] = count(8)
      for scale in 0..<8 { bytes[32 + 2 * scale] |= 1 }
      lists = 15 * Int(bytes[9])
    case .sensorQuad:
      bytes[0] = count(24, from: 1)
      bytes[1] = count(8)
      (bytes[2], bytes[3]) = (count(9), count(5))
      lists = 8 * Int(bytes[0]) + 2 * Int(bytes[1])
    case .sensorArm:
      bytes[0] = count(24, from: 1)
      bytes[1] = count(1)
      (bytes[2], bytes[3]) = (count(9), count(5))
      lists = 8 * Int(bytes[0]) + 4 * Int(bytes[1])
    case .command:
      bytes[0] = count(24, from: 1)
      bytes[1] = count(1)
      lists = 10 * Int(bytes[0])
    case .parameter: bytes[4] = count(3)
    case .parameterValue:
      (bytes[20], bytes[21]) = (count(32), count(32))
      lists = Int(bytes[20]) + Int(bytes[21])
    case .log:
      bytes[1] = count(120)
      lists = Int(bytes[1])
    default: break
    }
    bytes += random.bytes(lists)
    if wild {
      for _ in 0...random.below(3) where !bytes.isEmpty { bytes[random.below(min(bytes.count, 60))] = random.byte() }
      if random.below(3) == 0 { bytes.removeLast(random.below(bytes.count + 1)) }
    }
    // A later minor version may append: receivers ignore it.
    if random.below(4) == 0 { bytes += random.bytes(random.below(20)) }
    if type == .caps && bytes.count >= 8 && !(wild && random.below(2) == 0) {
      bytes.replaceSubrange(0..<4, with: word(checksum(Array(bytes[8...]))))
    }
    return bytes
  }
}
