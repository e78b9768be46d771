import CLimbLink
import LimbLink
import LimbTestSupport

/// One delivered message as bytes that two implementations can be compared by: encoded anew, with its own header.
struct Delivered: Equatable, CustomStringConvertible {
  let encoded: [UInt8]
  let version: UInt8
  let type: UInt8
  let sequence: UInt16
  var description: String { "\(version): \(encoded)" }
}

/// The Swift decoder fed with `bytes` cut at random.
func decodeInSwift(_ bytes: [UInt8], cuts: inout SplitMix64, largest: Int) -> ([Delivered], LinkCounters) {
  var decoder = FrameDecoder()
  let encoder = FrameEncoder()
  var found: [Delivered] = []
  var out = [UInt8](repeating: 0, count: LinkLimits.encodedBytes)
  unsafe (bytes + [0xAA]).withUnsafeBufferPointer { source in
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 + cuts.below(largest))
      var offset = 0
      while unsafe decoder.consume(source.baseAddress! + start, count: end - start, offset: &offset) {
        let header = decoder.header
        let count = unsafe out.withUnsafeMutableBufferPointer {
          unsafe encoder.encode(
            decoder.message, sequence: header.sequence, microseconds: header.senderMicroseconds,
            into: $0.baseAddress!, capacity: $0.count)
        }
        found.append(
          Delivered(
            encoded: Array(out[..<count]), version: header.version, type: header.type.number,
            sequence: header.sequence))
      }
      start = end
    }
  }
  return (found, decoder.counters)
}

/// The C decoder likewise.
func decodeInC(_ bytes: [UInt8], cuts: inout SplitMix64, largest: Int) -> ([Delivered], LinkCounters) {
  var decoder = limb_decoder()
  unsafe limb_decoder_init(&decoder)
  var found: [Delivered] = []
  var out = [UInt8](repeating: 0, count: LinkLimits.encodedBytes)
  var message = limb_message()
  unsafe (bytes + [0xAA]).withUnsafeBufferPointer { source in
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 + cuts.below(largest))
      var offset = start
      while offset < end {
        var delivered = false
        offset += unsafe limb_decoder_push(&decoder, source.baseAddress! + offset, end - offset, &message, &delivered)
        guard delivered else { continue }
        let header = message.header
        let count = unsafe limb_encode(&message, &out, out.count)
        found.append(
          Delivered(encoded: Array(out[..<count]), version: header.version, type: header.type, sequence: header.seq))
      }
      start = end
    }
  }
  let c = decoder.counters
  var counters = LinkCounters()
  counters.frames = c.frames
  counters.oversize = c.oversize
  counters.cobs = c.cobs
  counters.short = c.short_frame
  counters.unknownType = c.unknown_type
  counters.crc = c.crc
  counters.badVersion = c.bad_version
  counters.badLength = c.bad_length
  counters.badValue = c.bad_value
  counters.sequenceGap = c.seq_gap
  counters.sequenceRepeat = c.seq_repeat
  counters.sequenceOld = c.seq_old
  return (found, counters)
}
