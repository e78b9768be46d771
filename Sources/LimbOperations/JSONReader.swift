/// A JSON value, read back: the daemon's answers, for people. Not a general reader: depth and size are bounded by the
/// control socket's reply limit, numbers are Double.
package indirect enum JSONReader: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONReader])
  case object([(key: String, value: JSONReader)])

  /// Equal kind and equal contents; members of an object in the same order.
  package static func == (a: JSONReader, b: JSONReader) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let x), .bool(let y)): x == y
    case (.number(let x), .number(let y)): x == y
    case (.text(let x), .text(let y)): x == y
    case (.list(let x), .list(let y)): x == y
    case (.object(let x), .object(let y)): x.count == y.count && zip(x, y).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }

  /// Reads one whole value; nil if the text is anything else.
  package init?(_ text: String) {
    var cursor = Cursor(bytes: Array(text.utf8))
    guard let value = cursor.value(depth: 0) else { return nil }
    cursor.skipSpace()
    guard cursor.position == cursor.bytes.count else { return nil }
    self = value
  }

  /// The member `key` of an object.
  package subscript(key: String) -> JSONReader? {
    if case .object(let members) = self { members.first { $0.key == key }?.value } else { nil }
  }

  /// The text of a string.
  package var string: String? { if case .text(let text) = self { text } else { nil } }
  /// A number.
  package var number: Double? { if case .number(let number) = self { number } else { nil } }
  /// True or false.
  package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

  private struct Cursor {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func skipSpace() { while let byte = next, byte == 32 || (9...13).contains(byte) { position += 1 } }

    mutating func take(_ word: String) -> Bool {
      let wanted = Array(word.utf8)
      guard bytes[position...].starts(with: wanted) else { return false }
      position += wanted.count
      return true
    }

    mutating func value(depth: Int) -> JSONReader? {
      guard depth < 32 else { return nil }
      skipSpace()
      switch next {
      case UInt8(ascii: "{"): return object(depth: depth)
      case UInt8(ascii: "["): return list(depth: depth)
      case UInt8(ascii: "\""): return string().map(JSONReader.text)
      case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
      case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
      case UInt8(ascii: "n"): return take("null") ? .null : nil
      default: return number()
      }
    }

    mutating func number() -> JSONReader? {
      let start = position
      while let byte = next, "+-.0123456789eE".utf8.contains(byte) { position += 1 }
      return Double(String(decoding: bytes[start..<position], as: UTF8.self)).map(JSONReader.number)
    }

    mutating func string() -> String? {
      position += 1
      var out: [UInt8] = []
      while let byte = next {
        position += 1
        if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
        guard byte == UInt8(ascii: "\\") else {
          out.append(byte)
          continue
        }
        guard let escape = next else { return nil }
        position += 1
        switch escape {
        case UInt8(ascii: "n"): out.append(10)
        case UInt8(ascii: "r"): out.append(13)
        case UInt8(ascii: "t"): out.append(9)
        case UInt8(ascii: "u"):
          guard position + 4 <= bytes.count,
            let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(code)
          else { return nil }
          position += 4
          out += Array(String(Character(scalar)).utf8)
        default: out.append(escape)
        }
      }
      return nil
    }

    mutating func list(depth: Int) -> JSONReader? {
      position += 1
      var items: [JSONReader] = []
      skipSpace()
      if next == UInt8(ascii: "]") {
        position += 1
        return .list(items)
      }
      while let item = value(depth: depth + 1) {
        items.append(item)
        skipSpace()
        if take(",") { continue }
        return take("]") ? .list(items) : nil
      }
      return nil
    }

    mutating func object(depth: Int) -> JSONReader? {
      position += 1
      var members: [(key: String, value: JSONReader)] = []
      skipSpace()
      if next == UInt8(ascii: "}") {
        position += 1
        return .object(members)
      }
      while true {
        skipSpace()
        guard next == UInt8(ascii: "\""), let key = string() else { return nil }
        skipSpace()
        guard take(":"), let item = value(depth: depth + 1) else { return nil }
        members.append((key, item))
        skipSpace()
        if take(",") { continue }
        return take("}") ? .object(members) : nil
      }
    }
  }
}
