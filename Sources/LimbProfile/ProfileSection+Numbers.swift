/// Readers of numbers and flags: key, allowed range, default (none: the key is mandatory). Limits are inclusive.
extension ProfileSection {
  /// A number.
  func number(_ key: String, _ range: ClosedRange<Double>, default fallback: Double? = nil) -> Double {
    let expected = "a number, " + ProfileUnit.range(range, key)
    guard let node = value(key) else {
      if let fallback {
        canonical.append(key, .text(CanonicalMap.spell(fallback)), isDefault: true)
        return fallback
      }
      missing(key, expected: expected)
      return range.lowerBound
    }
    guard let number = node.number, range.contains(number) else {
      reject(key, node, expected: expected, suggestion: ProfileUnit.intended(node, key, range))
      return fallback ?? range.lowerBound
    }
    canonical.append(key, .text(CanonicalMap.spell(number)))
    return number
  }

  /// A number that may be left out; `meaning` says what its absence means.
  func optionalNumber(_ key: String, _ range: ClosedRange<Double>, absent meaning: String) -> Double? {
    guard value(key) != nil else {
      canonical.append(key, .absent(meaning))
      return nil
    }
    return number(key, range)
  }

  /// A whole number.
  func integer(_ key: String, _ range: ClosedRange<Int>, default fallback: Int? = nil) -> Int {
    let unit = ProfileUnit.suffix(key)
    let expected = "a whole number, \(range.lowerBound) to \(range.upperBound)\(unit)"
    guard let node = value(key) else {
      if let fallback {
        canonical.append(key, .text(String(fallback)), isDefault: true)
        return fallback
      }
      missing(key, expected: expected)
      return range.lowerBound
    }
    guard let number = node.number, let whole = Int(exactly: number), range.contains(whole) else {
      reject(key, node, expected: expected)
      return fallback ?? range.lowerBound
    }
    canonical.append(key, .text(String(whole)))
    return whole
  }

  /// A whole number that may be left out.
  func optionalInteger(_ key: String, _ range: ClosedRange<Int>, absent meaning: String) -> Int? {
    guard value(key) != nil else {
      canonical.append(key, .absent(meaning))
      return nil
    }
    return integer(key, range)
  }

  /// `true` or `false`.
  func flag(_ key: String, default fallback: Bool) -> Bool {
    guard let node = value(key) else {
      canonical.append(key, .text(String(fallback)), isDefault: true)
      return fallback
    }
    guard case .scalar(let text, isPlain: true) = node.content, let flag = Bool(text) else {
      reject(key, node, expected: "true or false")
      return fallback
    }
    canonical.append(key, .text(text))
    return flag
  }

  /// A list of numbers, each in `range`; a single number stands for all if `count` is given and `spreads`.
  func numbers(
    _ key: String, _ range: ClosedRange<Double>, count: Int, spreads: Bool = false, default fallback: [Double]? = nil
  ) -> [Double] {
    let each = "\(count) number\(count == 1 ? "" : "s"), each \(ProfileUnit.range(range, key))"
    let expected = (spreads ? "one number for all or " : "") + "a list of " + each
    let stand = fallback ?? [Double](repeating: range.lowerBound, count: count)
    guard let node = value(key) else {
      if let fallback {
        canonical.append(key, .text(spell(fallback)), isDefault: true)
      } else {
        missing(key, expected: expected)
      }
      return stand
    }
    if spreads, let number = node.number, range.contains(number) {
      let all = [Double](repeating: number, count: count)
      canonical.append(key, .text(spell(all)))
      return all
    }
    guard case .sequence(let items) = node.content, items.count == count else {
      reject(key, node, expected: expected)
      return stand
    }
    let values = items.compactMap(\.number)
    guard values.count == count, values.allSatisfy(range.contains) else {
      let bad = items.first { item in item.number.map { !range.contains($0) } ?? true } ?? node
      reject(key, bad, expected: each, suggestion: ProfileUnit.intended(bad, key, range))
      return stand
    }
    canonical.append(key, .text(spell(values)))
    return values
  }

  /// `[x, y, z]`
  func vector(_ key: String, _ range: ClosedRange<Double>, default fallback: SIMD3<Double>? = nil) -> SIMD3<Double> {
    let values = numbers(key, range, count: 3, default: fallback.map { [$0.x, $0.y, $0.z] })
    return SIMD3(values[0], values[1], values[2])
  }

  /// `[low, high]`, low ≤ high.
  func range(
    _ key: String, _ range: ClosedRange<Double>, default fallback: ClosedRange<Double>? = nil
  ) -> ClosedRange<Double> {
    let before = log.problems.count
    let values = numbers(key, range, count: 2, default: fallback.map { [$0.lowerBound, $0.upperBound] })
    if standsIn || log.problems.count > before { return range }
    guard values[0] <= values[1] else {
      refuse(key, found: spell(values), expected: "the lower bound first")
      return range
    }
    return values[0]...values[1]
  }

  private func spell(_ values: [Double]) -> String { CanonicalMap.spell(list: values.map(CanonicalMap.spell)) }
}
