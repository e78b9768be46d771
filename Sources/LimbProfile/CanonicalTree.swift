/// The profile as it was understood: built by the reader while it reads, so that no key can be read without being
/// printed. Keys stand in reading order.
final class CanonicalMap {
  /// What stands behind a key.
  enum Value {
    /// A scalar or a `[flow, list]`, already in YAML spelling.
    case text(String)
    case map(CanonicalMap)
    case list([CanonicalMap])
    /// An optional key that is absent; printed as a comment.
    case absent(String)
  }

  struct Entry {
    let key: String
    let value: Value
    let isDefault: Bool
  }

  private(set) var entries: [Entry] = []

  func append(_ key: String, _ value: Value, isDefault: Bool = false) {
    entries.append(Entry(key: key, value: value, isDefault: isDefault))
  }

  /// The section or list behind `key` as text; empty if there is none.
  func text(of key: String) -> String {
    let part = CanonicalMap()
    part.entries = entries.filter { $0.key == key }
    return part.text(annotated: false)
  }

  /// The section behind `key`.
  func child(_ key: String) -> CanonicalMap? {
    for entry in entries where entry.key == key {
      if case .map(let map) = entry.value { return map }
    }
    return nil
  }

  /// YAML in block style. `annotated` marks defaults and absent optional keys with comments.
  func text(annotated: Bool) -> String {
    var out = ""
    write(to: &out, indentation: 0, annotated: annotated)
    return out
  }

  private func write(to out: inout String, indentation: Int, annotated: Bool, afterDash: Bool = false) {
    let pad = String(repeating: " ", count: indentation)
    var isFirst = afterDash
    for entry in entries {
      if case .absent = entry.value, !annotated { continue }
      out += isFirst ? "" : pad
      isFirst = false
      switch entry.value {
      case .absent(let meaning): out += "# \(entry.key): \(meaning)\n"
      case .text(let text): out += "\(entry.key): \(text)" + (annotated && entry.isDefault ? "  # default\n" : "\n")
      case .map(let map) where map.entries.isEmpty: out += "\(entry.key): {}\n"
      case .map(let map):
        out += "\(entry.key):\n"
        map.write(to: &out, indentation: indentation + 2, annotated: annotated)
      case .list(let maps) where maps.isEmpty: out += "\(entry.key): []\n"
      case .list(let maps):
        out += "\(entry.key):\n"
        for map in maps {
          out += pad + "  - "
          map.write(to: &out, indentation: indentation + 4, annotated: annotated, afterDash: true)
        }
      }
    }
  }

  /// The shortest decimal that reads back as the same number, without a trailing `.0`.
  static func spell(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int(value)) }
    return value.description
  }

  /// A flow list.
  static func spell(list: [String]) -> String { "[" + list.joined(separator: ", ") + "]" }

  /// Text in double quotes unless it is a plain word.
  static func spell(text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
        || byte == 0x2D || byte == 0x2F || byte == 0x2E
    }
    let startsAsWord = text.unicodeScalars.first.map { $0.properties.isAlphabetic || $0 == "/" } ?? false
    let isReserved = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text.lowercased())
    if isPlain, startsAsWord, !isReserved { return text }
    var quoted = ""
    for character in text { quoted += character == "\"" || character == "\\" ? "\\\(character)" : "\(character)" }
    return "\"\(quoted)\""
  }
}

/// FNV-1a, 64 bits: short, well known, the same everywhere. It tells profiles apart; it protects against nobody.
enum StableHash {
  static func of(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    return hash
  }
}
