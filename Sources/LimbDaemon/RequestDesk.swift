internal import LimbControl
internal import LimbRealtime
internal import Synchronization

/// Where requests to control are handed in and their answers are kept: the board has one operations side, and this is
/// the lock in front of it. Any thread but control.
final class RequestDesk: Sendable {
  private struct Book: Sendable {
    var nextID: UInt64 = 1
    var replies: [UInt64: RequestReply] = [:]
    /// Who hears an answer, whether or not anybody still waits for it.
    var hearers: [UInt64: Hearer] = [:]
    var heard: [(hearer: Hearer, result: RequestResult)] = []
  }

  private let board: ControlBoard
  private let book = Mutex(Book())

  init(board: ControlBoard) { self.board = board }

  typealias Hearer = @Sendable (RequestResult) -> Void

  /// Hands a request in; nil when the queue is full.
  ///
  /// - Parameter hearer: Called once with the answer, by whoever calls `tell` after it came.
  func ask(_ kind: ControlRequestKind, hearer: Hearer? = nil) -> UInt64? {
    book.withLock { book in
      let id = book.nextID
      guard board.ask(ControlRequest(id: id, kind)) else { return nil }
      book.nextID += 1
      book.hearers[id] = hearer
      return id
    }
  }

  /// The answer to a request, once; nil while there is none.
  func takeReply(_ id: UInt64) -> RequestReply? {
    book.withLock { book in
      collect(&book)
      return book.replies.removeValue(forKey: id)
    }
  }

  /// Tells the answers that have come to those who hear them. Not under a lock that a hearer takes.
  func tell() {
    let heard = book.withLock { book in
      collect(&book)
      defer { book.heard = [] }
      return book.heard
    }
    for (hearer, result) in heard { hearer(result) }
  }

  private func collect(_ book: inout Book) {
    while let reply = board.popReply() {
      // Nobody may ever fetch an answer: keep the book short. The oldest goes, the others may be waited for.
      if book.replies.count > 64, let oldest = book.replies.keys.min() { book.replies[oldest] = nil }
      book.replies[reply.id] = reply
      if let hearer = book.hearers.removeValue(forKey: reply.id) { book.heard.append((hearer, reply.result)) }
    }
  }

  /// What control shows now.
  func status() -> ControlStatus { book.withLock { _ in board.status() } }
}
