import CLimbLink
import LimbLink
import LimbTestSupport
import Testing

/// A stream such as no honest line would carry: good frames, wrong ones with right checksums, noise, floods.
private func stream(_ random: inout SplitMix64) -> [UInt8] {
  var bytes: [UInt8] = []
  var sequence = UInt16(truncatingIfNeeded: random.next())
  for _ in 0...random.below(6) {
    let type = MessageType.allCases[random.below(MessageType.allCases.count)]
    switch random.below(10) {
    case 0: sequence &+= UInt16(random.below(70))
    case 1: sequence &-= UInt16(random.below(3))
    case 2: sequence = UInt16(truncatingIfNeeded: random.next())
    default: sequence &+= 1
    }
    var piece: [UInt8]
    switch random.below(16) {
    case 0: piece = random.bytes(random.below(80))
    case 1: piece = (0..<(400 + random.below(400))).map { _ in 1 + random.byte() % 255 }
    case 2: piece = FrameBuilder.frame(type: random.byte(), payload: random.bytes(random.below(40)), sequence: sequence)
    case 3:
      piece = FrameBuilder.frame(
        type: type.number, payload: FrameBuilder.payload(type, &random), sequence: sequence, version: random.byte())
    case 4:
      let payload = random.bytes(480 + random.below(40))
      piece = FrameBuilder.frame(type: type.number, payload: payload, sequence: sequence)
    case 5: piece = [0] + cobsEncode(random.bytes(random.below(20))) + [0]
    case 6, 7, 8:
      let payload = FrameBuilder.payload(type, &random, wild: true)
      piece = FrameBuilder.frame(type: type.number, payload: payload, sequence: sequence)
    default:
      piece = FrameBuilder.frame(type: type.number, payload: FrameBuilder.payload(type, &random), sequence: sequence)
    }
    mutate(&piece, &random)
    bytes += piece
    if random.below(12) == 0 { bytes += piece }
  }
  return bytes
}

private func mutate(_ piece: inout [UInt8], _ random: inout SplitMix64) {
  guard !piece.isEmpty else { return }
  let place = random.below(piece.count)
  switch random.below(14) {
  case 0: piece[place] ^= UInt8(1 << random.below(8))
  case 1: piece.removeSubrange(place...)
  case 2: piece.removeSubrange(..<place)
  case 3: piece.remove(at: place)
  case 4: piece.insert(random.byte(), at: place)
  case 5: piece[place] = 0
  case 6: piece.swapAt(place, random.below(piece.count))
  default: break
  }
}

@Test("both codecs make the same frames and the same counters of any byte stream, however it is cut")
func codecsAgree() {
  var total = LinkCounters()
  let cases = CaseScale.cases(20_000)
  for seed in 0..<cases {
    var random = SplitMix64(seed: UInt64(seed))
    let bytes = stream(&random)
    let largest = 1 + random.below(bytes.count + 1)
    let (swiftFrames, swiftCounters) = decodeInSwift(bytes, cuts: &random, largest: largest)
    let (cFrames, cCounters) = decodeInC(bytes, cuts: &random, largest: 1 + random.below(9))
    if swiftFrames != cFrames || swiftCounters != cCounters {
      let first = zip(swiftFrames, cFrames).first { $0 != $1 }
      Issue.record(
        """
        seed \(seed) of \(bytes.count) bytes; \(swiftFrames.count) and \(cFrames.count) frames
        Swift \(swiftCounters)
        C     \(cCounters)
        Swift \(first.map { $0.0.description } ?? "-")
        C     \(first.map { $0.1.description } ?? "-")
        """)
      return
    }
    total.add(swiftCounters)
  }
  // The streams must reach every row of the table, or agreement says little.
  for (name, count) in total.named { #expect(count > UInt32(cases / 2000), "\(name) was hardly reached: \(count)") }
}

@Test("both codecs round to nearest, within what single precision can tell, and saturate alike")
func fixedPointAgrees() {
  var random = SplitMix64(seed: 5)
  for index in 0..<CaseScale.cases(20_000) {
    let scale = UInt16(1 + random.below(65535))
    let spread: Float = [1, 1e-3, 40, 1e6][index % 4]
    var value = Float(Int64(random.below(2_000_001)) - 1_000_000) / 1_000_000 * spread
    if index % 97 == 0 { value = [.nan, .infinity, -.infinity, 0, -0.0, .greatestFiniteMagnitude][random.below(6)] }
    let exact = value.isNaN ? 0 : Double(value) * Double(scale)
    for (field, range) in [
      (Double(FixedPoint.i16(value, perUnit: scale)), -32768.0...32767),
      (Double(limb_to_i16(value, scale)), -32768...32767),
      (Double(FixedPoint.u16(value, perUnit: scale)), 0...65535), (Double(limb_to_u16(value, scale)), 0...65535),
    ] {
      let wanted = min(max(exact, range.lowerBound), range.upperBound)
      #expect(abs(field - wanted) <= 0.5 + 1.0 / 256, "\(value) × \(scale)")
    }
    let field = Int16(truncatingIfNeeded: random.below(65536))
    #expect(FixedPoint.value(field, perUnit: scale) == limb_from_i16(field, scale))
  }
}

extension LinkCounters {
  var named: [(String, UInt32)] {
    [
      ("frames", frames), ("oversize", oversize), ("cobs", cobs), ("short", short), ("unknown_type", unknownType),
      ("crc", crc), ("bad_version", badVersion), ("bad_length", badLength), ("bad_value", badValue),
      ("seq_gap", sequenceGap), ("seq_repeat", sequenceRepeat), ("seq_old", sequenceOld),
    ]
  }

  mutating func add(_ other: LinkCounters) {
    frames &+= other.frames
    oversize &+= other.oversize
    cobs &+= other.cobs
    short &+= other.short
    unknownType &+= other.unknownType
    crc &+= other.crc
    badVersion &+= other.badVersion
    badLength &+= other.badLength
    badValue &+= other.badValue
    sequenceGap &+= other.sequenceGap
    sequenceRepeat &+= other.sequenceRepeat
    sequenceOld &+= other.sequenceOld
  }
}
