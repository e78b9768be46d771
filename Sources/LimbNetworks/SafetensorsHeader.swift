/// Reads the JSON of a safetensors header: an object of objects, and nothing else that JSON could hold.
struct SafetensorsHeader {
  /// One entry as it stands in the header, not yet checked against the others.
  struct Entry {
    var name = ""
    var kind = ""
    var shape: [Int] = []
    var begin = 0
    var end = 0
  }

  private(set) var metadata: [String: String] = [:]
  private(set) var tensors: [Entry] = []
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Fills `metadata` and `tensors`, or says where the header stops being one.
  mutating func parse() throws(SafetensorsDefect) {
    guard bytes.first == UInt8(ascii: "{") else { throw fail("{ as the first byte") }
    try object { (parser, key) throws(SafetensorsDefect) in
      if key == "__metadata__" {
        try parser.object { (parser, key) throws(SafetensorsDefect) in parser.metadata[key] = try parser.string() }
      } else {
        try parser.tensor(named: key)
      }
    }
    skipSpaces()
    guard position == bytes.endIndex else { throw fail("nothing after the object") }
  }

  private mutating func tensor(named name: String) throws(SafetensorsDefect) {
    var entry = Entry()
    entry.name = name
    var found: Set<String> = []
    try object { (parser, key) throws(SafetensorsDefect) in
      guard found.insert(key).inserted else { throw parser.fail("\(key) once") }
      switch key {
      case "dtype": entry.kind = try parser.string()
      case "shape": entry.shape = try parser.numbers()
      case "data_offsets":
        let offsets = try parser.numbers()
        guard offsets.count == 2, offsets[0] <= offsets[1] else { throw parser.fail("two rising offsets") }
        entry.begin = offsets[0]
        entry.end = offsets[1]
      default: throw parser.fail("dtype, shape or data_offsets, not \(key)")
      }
    }
    guard found.count == 3 else { throw fail("dtype, shape and data_offsets of \(name)") }
    tensors.append(entry)
  }

  private typealias Member = (inout SafetensorsHeader, String) throws(SafetensorsDefect) -> Void

  private mutating func object(_ member: Member) throws(SafetensorsDefect) {
    try expect("{")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while take(",")
    try expect("}")
  }

  private mutating func numbers() throws(SafetensorsDefect) -> [Int] {
    try expect("[")
    var list: [Int] = []
    if take("]") { return list }
    repeat { list.append(try number()) } while take(",")
    try expect("]")
    return list
  }

  private mutating func number() throws(SafetensorsDefect) -> Int {
    skipSpaces()
    var value = 0
    let start = position
    while position < bytes.endIndex, case let digit = bytes[position], digit >= 48, digit <= 57 {
      guard value < 1 << 50 else { throw fail("a number below 2⁵⁰") }
      value = value * 10 + Int(digit - 48)
      position += 1
    }
    guard position > start else { throw fail("a number") }
    return value
  }

  private mutating func string() throws(SafetensorsDefect) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw fail("UTF-8") }
        return string
      case UInt8(ascii: "\\"): text += Array(String(try escaped()).utf8)
      case 0..<0x20: throw fail("no control byte inside a string")
      default: text.append(byte)
      }
    }
    throw fail("the end of the string")
  }

  private mutating func escaped() throws(SafetensorsDefect) -> Unicode.Scalar {
    guard position < bytes.endIndex else { throw fail("an escaped character") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "u"):
      guard bytes.endIndex - position >= 4,
        let digits = String(validating: bytes[position..<position + 4], as: UTF8.self),
        let code = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(code)
      else { throw fail("four hexadecimal digits of a character") }
      position += 4
      return scalar
    default: throw fail("an escape that JSON knows")
    }
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsDefect) {
    guard take(character) else { throw fail(String(character)) }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard position < bytes.endIndex, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() {
    while position < bytes.endIndex, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
  }

  private func fail(_ expected: String) -> SafetensorsDefect {
    .header(offset: position - bytes.startIndex, expected: expected)
  }
}
