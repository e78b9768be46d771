/// Readers of text, members of closed sets and joints: key, default (none: the key is mandatory).
extension ProfileSection {
  /// Text of at most 256 characters that `isValid`.
  func text(_ key: String, expected: String, where isValid: (String) -> Bool) -> String {
    guard let node = value(key) else {
      missing(key, expected: expected)
      return ""
    }
    guard let text = node.text, !text.isEmpty, text.utf8.count <= 256, isValid(text),
      text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
    else {
      reject(key, node, expected: expected)
      return ""
    }
    canonical.append(key, .text(CanonicalMap.spell(text: text)))
    return text
  }

  /// A text that may be left out; `meaning` says what its absence means.
  func optionalText(_ key: String, expected: String, absent meaning: String) -> String? {
    guard value(key) != nil else {
      canonical.append(key, .absent(meaning))
      return nil
    }
    let text = text(key, expected: expected) { _ in true }
    return text.isEmpty ? nil : text
  }

  /// A name: letters, digits, `-`, `_`, at most 64.
  func name(_ key: String) -> String {
    text(key, expected: "a name of letters, digits, - and _, at most 64") { text in
      text.utf8.count <= 64 && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
          || byte == 0x2D
      }
    }
  }

  /// One of a closed set.
  func choice<Choice: ProfileChoice>(_ key: String, _: Choice.Type = Choice.self, default fallback: Choice? = nil)
    -> Choice
  {
    let first = Choice.allCases[Choice.allCases.startIndex]
    guard let node = value(key) else {
      if let fallback {
        canonical.append(key, .text(fallback.rawValue), isDefault: true)
        return fallback
      }
      missing(key, expected: ProfileSection.spellings(Choice.self))
      return first
    }
    guard let choice = choose(key, node, Choice.self) else { return fallback ?? first }
    canonical.append(key, .text(choice.rawValue))
    return choice
  }

  /// A list of different members of a closed set.
  func choices<Choice: ProfileChoice>(_ key: String, _: Choice.Type = Choice.self, default fallback: [Choice])
    -> [Choice]
  {
    guard let node = value(key) else {
      canonical.append(key, .text(CanonicalMap.spell(list: fallback.map(\.rawValue))), isDefault: true)
      return fallback
    }
    guard case .sequence(let items) = node.content else {
      reject(key, node, expected: "a list of " + ProfileSection.spellings(Choice.self))
      return fallback
    }
    var chosen: [Choice] = []
    for item in items {
      guard let choice = choose(key, item, Choice.self) else { continue }
      if chosen.contains(choice) {
        reject(key, item, expected: "each once", found: "\(choice.rawValue) again")
      } else {
        chosen.append(choice)
      }
    }
    canonical.append(key, .text(CanonicalMap.spell(list: chosen.map(\.rawValue))))
    return chosen
  }

  /// The member of a closed set that a node names; reported and nil if none.
  func choose<Choice: ProfileChoice>(_ key: String, _ node: YAMLNode, _: Choice.Type) -> Choice? {
    if let text = node.text, let choice = Choice(rawValue: text) { return choice }
    reject(
      key, node, expected: ProfileSection.spellings(Choice.self),
      suggestion: node.text.flatMap { NearestWord.of($0, among: Choice.allCases.map(\.rawValue)) })
    return nil
  }

  /// The index of a joint named by `key`; −1, which is no joint's, after a complaint.
  func joint(_ key: String, among names: [String]) -> Int {
    guard let node = value(key) else {
      missing(key, expected: "the name of a joint")
      return -1
    }
    guard let index = joint(key, node, among: names) else { return -1 }
    canonical.append(key, .text(CanonicalMap.spell(text: names[index])))
    return index
  }

  /// The index of a joint named by a node; reported and nil if there is none.
  func joint(_ key: String, _ node: YAMLNode, among names: [String]) -> Int? {
    if let text = node.text, let index = names.firstIndex(of: text) { return index }
    // Without a single joint the missing list has been reported; a second complaint would say nothing.
    if names.isEmpty { return nil }
    reject(
      key, node, expected: "the name of a joint",
      suggestion: node.text.flatMap { NearestWord.of($0, among: names) })
    return nil
  }

  /// A list of different joints.
  func jointList(_ key: String, _ node: YAMLNode, among names: [String]) -> [Int] {
    guard case .sequence(let items) = node.content else {
      reject(key, node, expected: "a list of joint names")
      return []
    }
    var indices: [Int] = []
    for item in items {
      guard let index = joint(key, item, among: names) else { continue }
      if indices.contains(index) {
        reject(key, item, expected: "each joint once", found: "\(names[index]) again")
      } else {
        indices.append(index)
      }
    }
    return indices
  }

  /// `damp, hold or limp`
  static func spellings<Choice: ProfileChoice>(_: Choice.Type) -> String {
    let words = Choice.allCases.map(\.rawValue)
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
