/// A node of a YAML document with the place where it begins. Aliases share the node they name.
struct YAMLNode {
  /// What the node holds.
  indirect enum Content {
    /// Text; `isPlain` if it stood without quotes, so that `5` is a number and `"5"` is not.
    case scalar(String, isPlain: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
  }

  let content: Content
  let location: ProfileLocation

  /// What the node is, as a message says it: `text "fast"`, `a list of 3`, `nothing`.
  var found: String {
    switch content {
    case .scalar(let text, let isPlain):
      if isPlain, isEmpty { return "nothing" }
      if isPlain, YAMLNode.number(text) != nil || text == "true" || text == "false" { return text }
      return "text \"\(YAMLNode.shortened(text))\""
    case .sequence(let items): return items.isEmpty ? "an empty list" : "a list of \(items.count)"
    case .mapping(let entries): return entries.isEmpty ? "an empty section" : "a section"
    }
  }

  /// True for what YAML calls null: nothing after the colon, `~` or `null`.
  var isEmpty: Bool {
    if case .scalar(let text, isPlain: true) = content { return text.isEmpty || text == "~" || text == "null" }
    return false
  }

  /// The number that a plain scalar spells; nil for text, quoted numbers, hexadecimal, infinities and NaN.
  var number: Double? {
    if case .scalar(let text, isPlain: true) = content { return YAMLNode.number(text) }
    return nil
  }

  /// The text of a scalar that is not null.
  var text: String? {
    if case .scalar(let text, _) = content, !isEmpty { return text }
    return nil
  }

  /// Decimal numbers alone: `Double(_:)` would also take `0x1p3`, `inf` and `nan`.
  static func number(_ text: String) -> Double? {
    let allowed = text.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D || byte == 0x2E || byte == 0x65 || byte == 0x45
    }
    guard allowed, let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// At most 40 characters on one line, control characters replaced: messages go to terminals.
  static func shortened(_ text: String) -> String {
    var clean = ""
    for scalar in text.unicodeScalars.prefix(40) {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
      clean.unicodeScalars.append(isControl ? "?" : scalar)
    }
    return text.unicodeScalars.count > 40 ? clean + "…" : clean
  }
}

/// One key of a mapping with its value.
struct YAMLEntry {
  let key: String
  let location: ProfileLocation
  let value: YAMLNode
}
