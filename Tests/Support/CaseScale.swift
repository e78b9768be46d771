import Foundation

/// How much more than a quick run tests do: `LIMBD_CASES`, 1 where it is not set (`make test`), 100 in `make proof`.
/// Every count of random cases goes through `cases`, so that one number means the same everywhere.
package enum CaseScale {
  /// The factor, at least 1; anything that is no whole number counts as 1.
  package static let factor = max(1, ProcessInfo.processInfo.environment["LIMBD_CASES"].flatMap { Int($0) } ?? 1)

  /// The full counts are asked for.
  package static let isProof = factor >= 100

  /// `quick` cases times the factor, and no more than `most`.
  package static func cases(_ quick: Int, most: Int = .max) -> Int { min(most, quick * factor) }
}
