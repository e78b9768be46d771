/// Units as they end the keys: one table for every message that names a number.
enum ProfileUnit {
  /// Longest endings first.
  private static let endings: [(ending: String, unit: String)] = [
    ("_nm_s_rad", "N·m·s/rad"), ("_nm_a", "N·m/A"), ("_rad_s", "rad/s"), ("_m_s2", "m/s²"), ("_rpy_deg", "degrees"),
    ("_m_s", "m/s"), ("_percent", "%"), ("_seconds", "s"), ("_steps", "steps"), ("_ticks", "ticks"), ("_ohm", "ohm"),
    ("_deg", "degrees"), ("_rad", "rad"), ("_nm", "N·m"), ("_ms", "ms"), ("_hz", "Hz"), ("_m", "m"), ("_s", "s"),
    ("_v", "V"), ("_c", "°C"), ("_a", "A"), ("_w", "W"), ("_n", "N"),
  ]
  /// Keys whose unit is too well known to stand in the name.
  private static let named = ["baud": "bit/s"]

  /// The unit of a key with a space before it, or nothing: `" rad/s"`.
  static func suffix(_ key: String) -> String {
    if let unit = named[key] { return " " + unit }
    if let match = endings.first(where: { key.hasSuffix($0.ending) }) { return " " + match.unit }
    return ""
  }

  /// `2 to 200 ms`
  static func range(_ range: ClosedRange<Double>, _ key: String) -> String {
    "\(CanonicalMap.spell(range.lowerBound)) to \(CanonicalMap.spell(range.upperBound))\(suffix(key))"
  }

  /// The number that was probably meant: a decimal comma made a point, or degrees made radians where the key asks for those.
  static func intended(_ node: YAMLNode, _ key: String, _ range: ClosedRange<Double>) -> String? {
    if let number = node.number {
      let radians = number * .pi / 180
      guard key.hasSuffix("_rad") || key.hasSuffix("_rad_s"), range.contains(radians) else { return nil }
      return "\(CanonicalMap.spell((radians * 1e4).rounded() / 1e4))\" for \"\(CanonicalMap.spell(number)) degrees"
    }
    guard let text = node.text, text.count(where: { $0 == "," }) == 1 else { return nil }
    let pointed = text.replacing(",", with: ".")
    return YAMLNode.number(pointed).map(range.contains) == true ? pointed : nil
  }
}

/// The nearest known word, for suggestions.
enum NearestWord {
  /// The candidate with the smallest edit distance, if at most a third of the word (and at least two) letters differ.
  static func of(_ word: String, among candidates: [String]) -> String? {
    guard word.utf8.count <= 64 else { return nil }
    let limit = max(2, word.count / 3)
    let ranked = candidates.map { (word: $0, distance: distance(word.lowercased(), $0)) }
    guard let best = ranked.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
    if best.distance <= limit, best.distance < best.word.count { return best.word }
    // A key with its unit forgotten (`kp_gain`, `coast`) is nearer than its letters say.
    if let longer = candidates.sorted().first(where: { $0.hasPrefix(word + "_") || word.hasPrefix($0 + "_") }) {
      return longer
    }
    return withSharedWord(word, among: candidates)
  }

  /// The only candidate that shares a word of at least five letters (`forward_speed`, `forward_velocity`); nil if none does,
  /// or several do.
  private static func withSharedWord(_ word: String, among candidates: [String]) -> String? {
    let words = word.lowercased().split(separator: "_").filter { $0.count >= 5 }
    let sharing = candidates.filter { candidate in candidate.split(separator: "_").contains { words.contains($0) } }
    return sharing.count == 1 ? sharing[0] : nil
  }

  /// Optimal string alignment distance: insertion, deletion, substitution, swap of neighbours.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.unicodeScalars), Array(b.unicodeScalars))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
      var row = [Int](repeating: i, count: b.count + 1)
      for j in 1...b.count {
        let cost = a[i - 1] == b[j - 1] ? 0 : 1
        row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], before[j - 2] + 1) }
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
