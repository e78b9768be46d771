/// What went wrong and was not told yet, oldest first. The same thing over and over takes one place, and a list that nobody
/// empties stays short: of more than `limit` different troubles the newest are lost.
struct TroubleList: Sendable {
  private static let limit = 16
  private var texts: [String] = []

  /// Remembers one, unless it waits already.
  mutating func add(_ text: String) {
    guard texts.count < Self.limit, !texts.contains(text) else { return }
    texts.append(text)
  }

  /// The oldest one, once.
  mutating func take() -> String? { texts.isEmpty ? nil : texts.removeFirst() }
}
