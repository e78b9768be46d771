internal import CYAML

/// Checks of the raw text before libyaml sees it, and small conversions of its strings.
enum YAMLText {
  /// The first byte that is not UTF-8 text: broken sequences and control characters, with its place.
  static func firstProblem(in bytes: [UInt8], file: String) -> ProfileProblem? {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var line = 1
    var column = 1
    while true {
      switch parser.parseScalar(from: &iterator) {
      case .emptyInput: return nil
      case .error:
        return problem(file, line, column, "bytes that are not UTF-8", "a text file in UTF-8")
      case .valid(let encoded):
        let value = Unicode.UTF8.decode(encoded).value
        if value == 0x0A {
          line += 1
          column = 1
          continue
        }
        let isControl = (value < 0x20 && value != 0x09 && value != 0x0D) || (0x7F...0x9F).contains(value)
        if isControl && value != 0x85 {
          return problem(file, line, column, "the control character \(hexadecimal(value))", "a text file in UTF-8")
        }
        column += 1
      }
    }
  }

  /// The bytes of one line, counted from 1, without its end.
  static func line(_ number: Int, of bytes: [UInt8]) -> ArraySlice<UInt8> {
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    return lines.indices.contains(number - 1) ? lines[number - 1] : []
  }

  /// True if a line holds the simulated port without its quotes: no mistake is likelier there, since YAML takes the colon
  /// for the end of a key.
  static func hasBareSim(_ number: Int, of bytes: [UInt8]) -> Bool {
    String(decoding: line(number, of: bytes), as: UTF8.self).contains(": sim:")
  }

  /// A copy of a C string; nil for a null pointer.
  static func string(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    guard let pointer = unsafe pointer else { return nil }
    return unsafe String(cString: pointer)
  }

  private static func hexadecimal(_ value: UInt32) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private static func problem(
    _ file: String, _ line: Int, _ column: Int, _ found: String, _ expected: String
  ) -> ProfileProblem {
    ProfileProblem(
      file: file, location: ProfileLocation(line: line, column: column), path: "", found: found, expected: expected,
      suggestion: nil)
  }
}
