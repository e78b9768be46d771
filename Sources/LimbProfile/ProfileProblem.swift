/// A place in a profile's file, counted from 1 as editors do.
package struct ProfileLocation: Sendable, Equatable {
  /// Line, from 1.
  package let line: Int
  /// Column in characters, from 1.
  package let column: Int
}

/// One mistake in a profile.
package struct ProfileProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file as it was named to the loader.
  package let file: String
  /// Where the mistake is; for a missing key, where the section begins that should hold it.
  package let location: ProfileLocation
  /// Keys from the top, such as `joints[2].kp`; empty for the file as a whole.
  package let path: String
  /// What is there.
  package let found: String
  /// What should be there.
  package let expected: String
  /// The known key or choice nearest to what was found, if one is near.
  package let suggestion: String?

  /// `file:line:column: path: found …, expected … (did you mean "…"?)`, one line.
  package var description: String { place + message }

  /// `file:line:column: error: path: found …, expected … (did you mean "…"?)`: the form in which compilers and
  /// `ProfileFinding` speak, for people and the editors that they use.
  package var errorLine: String { place + "error: " + message }

  private var place: String { "\(file):\(location.line):\(location.column): " }

  private var message: String {
    let subject = path.isEmpty ? "" : path + ": "
    let hint = suggestion.map { " (did you mean \"\($0)\"?)" } ?? ""
    return subject + "found \(found), expected \(expected)" + hint
  }
}

/// Why a profile could not be loaded.
package enum ProfileError: Error, Equatable, CustomStringConvertible {
  /// The file cannot be read; `reason` is the system's.
  case unreadable(file: String, reason: String)
  /// The file is larger than a profile can be.
  case tooLarge(file: String, bytes: Int, limitBytes: Int)
  /// Every mistake that was found, in the order of the file. Never empty.
  case invalid([ProfileProblem])

  /// One line a problem.
  package var description: String {
    switch self {
    case .unreadable(let file, let reason): "\(file): cannot be read: \(reason)"
    case .tooLarge(let file, let bytes, let limit):
      "\(file): found \(bytes) bytes, expected a profile of at most \(limit) bytes"
    case .invalid(let problems): problems.map(\.description).joined(separator: "\n")
    }
  }

  /// Each mistake taken apart; a file that cannot be read has one, at its beginning.
  package var mistakes: [ProfileProblem] {
    func whole(_ file: String, _ found: String, _ expected: String) -> [ProfileProblem] {
      let start = ProfileLocation(line: 1, column: 1)
      return [
        ProfileProblem(file: file, location: start, path: "", found: found, expected: expected, suggestion: nil)
      ]
    }
    return switch self {
    case .unreadable(let file, let reason): whole(file, reason, "a file that can be read")
    case .tooLarge(let file, let bytes, let limit):
      whole(file, "\(bytes) bytes", "a profile of at most \(limit) bytes")
    case .invalid(let problems): problems
    }
  }

  /// The same as a compiler would say it: one line a mistake, each with `error:` behind its place.
  package var errorLines: [String] {
    switch self {
    case .unreadable(let file, let reason): ["\(file): error: cannot be read: \(reason)"]
    case .tooLarge(let file, let bytes, let limit):
      ["\(file): error: found \(bytes) bytes, expected a profile of at most \(limit) bytes"]
    case .invalid(let problems): problems.map(\.errorLine)
    }
  }
}
