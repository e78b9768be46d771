internal import LimbControl
internal import LimbRealtime
internal import Synchronization

/// Where requests to control are handed in and their answers are kept: the board has one operations side, and this is
/// the lock in front of it. Any thread but control.
final class RequestDesk: Sendable {
  private struct Book: Sendable {
    var nextID: UInt64 = 1
    var replies: [UInt64: RequestReply] = [:]
  }

  private let board: ControlBoard
  private let book = Mutex(Book())

  init(board: ControlBoard) { self.board = board }

  /// Hands a request in; nil when the queue is full.
  func ask(_ kind: ControlRequestKind) -> UInt64? {
    book.withLock { book in
      let id = book.nextID
      guard board.ask(ControlRequest(id: id, kind)) else { return nil }
      book.nextID += 1
      return id
    }
  }

  /// The answer to a request, once; nil while there is none.
  func takeReply(_ id: UInt64) -> RequestReply? {
    book.withLock { book in
      while let reply = board.popReply() {
        // Nobody may ever fetch an answer: keep the book short.
        if book.replies.count > 64 { book.replies.removeAll() }
        book.replies[reply.id] = reply
      }
      return book.replies.removeValue(forKey: id)
    }
  }

  /// What control shows now.
  func status() -> ControlStatus { book.withLock { _ in board.status() } }
}
