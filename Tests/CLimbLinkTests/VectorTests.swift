import CLimbLink
import Foundation
import LimbTestSupport
import Testing

/// The golden vectors, read from Swift through the C headers.
struct VectorTests {
  /// Lines of the flat file whose first column is `kind`, split at tabs.
  static func vectors(_ kind: String) throws -> [[String]] {
    try Repository.text("firmware-protocol/vectors/vectors.txt").split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
      .filter { $0.first == kind }
  }

  static func bytes(_ hex: String) -> [UInt8] {
    if hex == "-" { return [] }
    let digits = hex.utf8.map { UInt8($0 < 58 ? $0 - 48 : $0 - 87) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  @Test("Every schema hash is that of the specification's line")
  func schemaHashes() throws {
    let vectors = try Self.vectors("schema")
    #expect(vectors.count == 21)
    for vector in vectors {
      let type = try #require(UInt8(vector[2]))
      #expect(limb_type_known(type))
      #expect(limb_schema_hash(type) == UInt32(vector[3], radix: 16), "\(vector[1])")
    }
    let known = (0...255).filter { limb_type_known(UInt8($0)) }
    #expect(known.count == 21)
  }

  @Test("Every message decodes and encodes back to the same bytes")
  func messages() throws {
    let vectors = try Self.vectors("message")
    #expect(vectors.count == 84)
    for vector in vectors {
      let frame = Self.bytes(vector[5])
      var decoder = limb_decoder()
      var message = limb_message()
      var delivered = false
      unsafe limb_decoder_init(&decoder)
      #expect(unsafe limb_decoder_push(&decoder, frame, frame.count, &message, &delivered) == frame.count)
      #expect(delivered, "\(vector[1])")
      #expect(Device.encode(message) == frame, "\(vector[1])")
    }
  }

  @Test("Every stream leaves the counters and deliveries that a third implementation found", arguments: [1, 13, 4096])
  func streams(piece: Int) throws {
    let vectors = try Self.vectors("stream")
    #expect(vectors.count > 150)
    for vector in vectors {
      let (counters, delivered) = Self.decode(Self.bytes(vector[2]), piece: piece)
      #expect(counters == vector[3], "\(vector[1])")
      #expect(delivered == vector[4], "\(vector[1])")
    }
  }

  private static func decode(_ stream: [UInt8], piece: Int) -> (String, String) {
    var decoder = limb_decoder()
    var message = limb_message()
    var delivered: [String] = []
    unsafe limb_decoder_init(&decoder)
    var at = 0
    while at < stream.count {
      let end = min(at + piece, stream.count)
      var isDelivered = false
      at += unsafe stream[at..<end].withUnsafeBufferPointer {
        unsafe limb_decoder_push(&decoder, $0.baseAddress, $0.count, &message, &isDelivered)
      }
      if isDelivered { delivered.append("\(message.header.type):\(message.header.seq)") }
    }
    let c = decoder.counters
    let counters = [
      c.frames, c.oversize, c.cobs, c.short_frame, c.unknown_type, c.crc, c.bad_version, c.bad_length, c.bad_value,
      c.seq_gap, c.seq_repeat, c.seq_old,
    ]
    return (
      counters.map(String.init).joined(separator: ","), delivered.isEmpty ? "-" : delivered.joined(separator: ",")
    )
  }
}
