/// Collects problems and the places of keys while a profile is read.
final class ProfileLog {
  /// Problems kept. A file with more is no profile, and nobody reads on.
  static let limit = 200

  let file: String
  private(set) var problems: [ProfileProblem]
  /// Where each value stands that the file spells out, by path; a section's place for what it leaves out.
  var locations: [String: ProfileLocation] = [:]

  init(file: String, problems: [ProfileProblem]) {
    self.file = file
    self.problems = problems
  }

  func report(
    _ location: ProfileLocation, _ path: String, found: String, expected: String, suggestion: String? = nil
  ) {
    if problems.count >= ProfileLog.limit { return }
    problems.append(
      ProfileProblem(
        file: file, location: location, path: path, found: found, expected: expected, suggestion: suggestion))
  }
}

/// One mapping of the file while it is read. Reading a key makes it known and writes the resolved value to the
/// canonical tree; `finish()` reports the keys that nobody asked for. A wrong or missing value is reported and replaced
/// by some valid one, so that reading goes on to the next mistake.
final class ProfileSection {
  let log: ProfileLog
  let path: String
  let location: ProfileLocation
  let canonical: CanonicalMap
  private let entries: [YAMLEntry]
  /// Stands in for a section that is missing or no section: that has been said once, so its keys are not missed too.
  let standsIn: Bool
  private var known: [String] = []

  init(
    log: ProfileLog, path: String, location: ProfileLocation, canonical: CanonicalMap, entries: [YAMLEntry],
    standsIn: Bool = false
  ) {
    self.log = log
    self.path = path
    self.location = location
    self.canonical = canonical
    self.entries = entries
    self.standsIn = standsIn
    log.locations[path] = location
  }

  /// Path of a key of this section.
  func path(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  /// The value of a key, which becomes known; nil if absent.
  func value(_ key: String) -> YAMLNode? {
    if !known.contains(key) { known.append(key) }
    guard let entry = entries.first(where: { $0.key == key }) else { return nil }
    log.locations[path(key)] = entry.value.location
    return entry.value
  }

  /// True if the file has the key.
  func has(_ key: String) -> Bool { entries.contains { $0.key == key } }

  /// Reports a value that cannot be taken.
  func reject(_ key: String, _ node: YAMLNode, expected: String, found: String? = nil, suggestion: String? = nil) {
    log.report(
      node.location, path(key), found: found ?? node.found, expected: expected, suggestion: suggestion)
  }

  /// Reports a mandatory key that is absent.
  func missing(_ key: String, expected: String) {
    if standsIn { return }
    log.report(location, path(key), found: "nothing", expected: expected)
  }

  /// Reports a mistake that joins several keys.
  func refuse(_ key: String, found: String, expected: String) {
    if standsIn { return }
    log.report(log.locations[path(key)] ?? location, path(key), found: found, expected: expected)
  }

  /// Reports the keys that nobody asked for. Call once, last.
  func finish() {
    if standsIn { return }
    for entry in entries where !known.contains(entry.key) {
      if log.problems.count >= ProfileLog.limit { return }
      let name = YAMLNode.shortened(entry.key)
      // `kd: 0,9` in braces: the comma ends the number, and what follows it looks like a key.
      let isRest = YAMLNode.number(entry.key) != nil
      let comma = isRest ? "a decimal point before it instead of a comma, if it is the rest of a number" : nil
      let merge = entry.key == "<<" ? "keys written out: merge keys are not part of YAML 1.2" : nil
      log.report(
        entry.location, path(name), found: "an unknown key",
        expected: merge ?? comma ?? (known.isEmpty ? "no keys here" : "one of " + known.sorted().joined(separator: ", ")),
        suggestion: isRest ? nil : NearestWord.of(entry.key, among: known))
    }
  }
}

extension ProfileSection {
  /// A section that must be there.
  func section(_ key: String) -> ProfileSection {
    guard let node = value(key), !node.isEmpty else {
      missing(key, expected: "the section \"\(key)\"")
      return standIn(key)
    }
    return child(key, node)
  }

  /// A section that may be left out as a whole: nil if it is.
  func optionalSection(_ key: String) -> ProfileSection? {
    guard let node = value(key) else {
      canonical.append(key, .absent("none"))
      return nil
    }
    return child(key, node)
  }

  /// A section all of whose keys have defaults: empty if it is left out.
  func defaultedSection(_ key: String) -> ProfileSection {
    guard let node = value(key) else {
      let map = CanonicalMap()
      canonical.append(key, .map(map))
      return ProfileSection(log: log, path: path(key), location: location, canonical: map, entries: [])
    }
    return child(key, node)
  }

  /// A list of sections; `expected` says what of.
  func sections(_ key: String, count: ClosedRange<Int>, expected: String) -> [ProfileSection] {
    guard let node = value(key), !node.isEmpty else {
      missing(key, expected: expected)
      return []
    }
    guard case .sequence(let nodes) = node.content else {
      reject(key, node, expected: expected)
      return []
    }
    guard count.contains(nodes.count) else {
      reject(key, node, expected: expected)
      return []
    }
    var maps: [CanonicalMap] = []
    let children = nodes.enumerated().map { index, item in
      let map = CanonicalMap()
      maps.append(map)
      return element("\(path(key))[\(index)]", item, map)
    }
    canonical.append(key, .list(maps))
    return children
  }

  private func child(_ key: String, _ node: YAMLNode) -> ProfileSection {
    let map = CanonicalMap()
    canonical.append(key, .map(map))
    return element(path(key), node, map)
  }

  private func element(_ path: String, _ node: YAMLNode, _ map: CanonicalMap) -> ProfileSection {
    guard case .mapping(let entries) = node.content else {
      log.report(node.location, path, found: node.found, expected: "a section of keys and values")
      return ProfileSection(
        log: log, path: path, location: node.location, canonical: map, entries: [], standsIn: true)
    }
    return ProfileSection(log: log, path: path, location: node.location, canonical: map, entries: entries)
  }

  private func standIn(_ key: String) -> ProfileSection {
    ProfileSection(
      log: log, path: path(key), location: location, canonical: CanonicalMap(), entries: [], standsIn: true)
  }
}
