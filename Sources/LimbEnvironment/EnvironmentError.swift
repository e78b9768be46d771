internal import Glibc

/// What can go wrong between a learner and an environment. Each case says what was found and what was expected.
package enum EnvironmentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The four bytes at the place of a tag are none: no frame begins here.
  case notAMessage(found: [UInt8])
  /// A message that has no place here.
  case unexpected(found: EnvironmentTag, expected: [EnvironmentTag])
  /// A payload that is longer or shorter than such a message has.
  case wrongLength(EnvironmentTag, found: Int, expected: Int)
  /// A payload beyond all bounds.
  case tooLong(EnvironmentTag, found: Int, limit: Int)
  /// The other side speaks another version.
  case otherVersion(found: UInt32, expected: UInt32)
  /// What an environment says of itself makes no sense.
  case badSpaces(field: String, found: String, expected: String)
  /// A number that is not finite.
  case notFinite(EnvironmentTag, field: String, found: Float)
  /// An action outside of its bounds.
  case outOfBounds(field: String, found: Float, low: Float, high: Float)
  /// Bits that have no meaning in this version.
  case unknownFlags(EnvironmentTag, found: UInt32, expected: UInt32)
  /// The stream ended inside a message.
  case cutOff(found: Int, expected: Int)
  /// The stream ended, or the program did; how, if it is known.
  case ended(awaiting: [EnvironmentTag], how: String)
  /// Nothing came in time.
  case silent(awaiting: [EnvironmentTag], seconds: Double)
  /// The caller wants no answer any more.
  case stopped
  /// The environment's own words.
  case failed(String)
  /// The system refused a call.
  case system(call: String, errno: Int32)

  /// A sentence for the operator.
  package var description: String {
    switch self {
    case .notAMessage(let found):
      "found \(Self.show(found)) where a message begins, expected \(Self.list(EnvironmentTag.allCases)): does "
        + "something else print to standard output?"
    case .unexpected(let found, let expected): "found \(found.rawValue), expected \(Self.list(expected))"
    case .wrongLength(let tag, let found, let expected):
      "found a \(tag.rawValue) of \(found) bytes, expected \(expected)"
    case .tooLong(let tag, let found, let limit):
      "found a \(tag.rawValue) of \(found) bytes, expected at most \(limit)"
    case .otherVersion(let found, let expected): "found protocol version \(found), expected \(expected)"
    case .badSpaces(let field, let found, let expected): "SPAC: \(field): found \(found), expected \(expected)"
    case .notFinite(let tag, let field, let found):
      "\(tag.rawValue): \(field): found \(found), expected a finite number"
    case .outOfBounds(let field, let found, let low, let high):
      "STEP: \(field): found \(found), expected \(low) … \(high)"
    case .unknownFlags(let tag, let found, let expected):
      "\(tag.rawValue): found flags \(found), expected none but the bits of \(expected)"
    case .cutOff(let found, let expected): "ended after \(found) of \(expected) bytes of a message"
    case .ended(let awaiting, let how): "\(how) while \(Self.list(awaiting)) was awaited"
    case .silent(let awaiting, let seconds): "said nothing for \(seconds) s while \(Self.list(awaiting)) was awaited"
    case .stopped: "nobody waits for its answer any more"
    case .failed(let words): words
    case .system(let call, let number): "\(call): \(unsafe String(cString: strerror(number)))"
    }
  }

  private static func list(_ tags: [EnvironmentTag]) -> String { tags.map(\.rawValue).joined(separator: " or ") }

  /// Printable letters as such, and every byte as a number.
  private static func show(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    let text = String(decoding: bytes.map { (32...126).contains($0) ? $0 : 0x2E }, as: UTF8.self)
    let numbers = bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
    return "\"\(text)\" (\(numbers))"
  }
}
