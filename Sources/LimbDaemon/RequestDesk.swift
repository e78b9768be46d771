internal import Glibc
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

  /// Asks and waits; nil if the queue is full or no answer came in time. Not in lockstep, where nobody else turns.
  func askAndWait(_ kind: ControlRequestKind, timeoutMilliseconds: Int) -> RequestReply? {
    guard let id = ask(kind) else { return nil }
    for _ in 0..<timeoutMilliseconds {
      if let reply = takeReply(id) { return reply }
      usleep(1000)
    }
    return nil
  }

  /// What control shows now.
  func status() -> ControlStatus { book.withLock { _ in board.status() } }
}
