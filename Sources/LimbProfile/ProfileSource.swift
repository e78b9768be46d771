/// Where a profile came from: for messages alone, never part of what two profiles are compared by.
package struct ProfileSource: Sendable {
  /// The name given to the loader.
  package let file: String
  /// The place of each value that the file spells out, and of each section, by path.
  let locations: [String: ProfileLocation]

  /// Where `path` stands; for what the file leaves out, the nearest section around it.
  package func location(of path: String) -> ProfileLocation {
    var path = path[...]
    while true {
      if let location = locations[String(path)] { return location }
      guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { break }
      path = path[..<end]
    }
    return ProfileLocation(line: 1, column: 1)
  }
}
