import Glibc
import LimbTypes

/// The Unix socket through which people and programs talk to the running daemon.
///
/// One thread of its own calls `run`; requests are handed to `handle` on that thread, one after the other. An answer that
/// takes its time (arming) is asked for again and again, and holds up only the client that waits for it; an e-stop of
/// that client does not wait either, but overtakes what it asked before. Bounded
/// throughout: `clientLimit` clients (one more, and the one that has been silent longest is closed), `lineLimit` bytes a
/// request, `idleMilliseconds` without a whole line and the client is closed, an answer that the client does not take
/// at once is dropped with the client. So neither long requests nor hanging or idle clients can hold up or keep out
/// anybody else, the e-stop least of all. Against a program that connects without end, which only the socket's owner
/// and group can run, there is the power switch.
@safe package final class ControlServer {
  /// Longest request, bytes, without its newline.
  package static let lineLimit = 256
  /// Most clients at a time; for a further one the client that has been silent longest is told so and closed.
  package static let clientLimit = 16
  /// A client without a whole request for so long is closed.
  package static let idleMilliseconds: Int64 = 10_000

  /// How often an answer that is not there yet is looked for.
  private static let pendingMilliseconds: Int32 = 2

  private struct Client {
    let descriptor: Int32
    var buffer: [UInt8] = []
    /// Gives the answer to its last request once it is there; meanwhile nothing more is read from this client.
    var pending: (() -> ControlReply?)?
    var lastHeard: Int64
  }

  /// Where it listens.
  package let path: String
  private let listener: Int32
  private let wakeRead: Int32
  private let wakeWrite: Int32
  private var clients: [Client] = []
  /// Held for a client that comes when the process has no descriptor left: given up for it, taken back when one goes.
  private var reserve = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
  /// Nobody can be let in at the moment; asked again after `starvedMilliseconds`.
  private var isStarved = false
  private static let starvedMilliseconds: Int32 = 50

  /// Binds and listens; the socket is for owner and group (0660). A dead socket file is replaced, a live one is
  /// `alreadyRunning`.
  package init(path: String) throws(OperationsError) {
    self.path = path
    let (address, length) = try unixAddress(path)
    if try ControlServer.isTaken(path) { throw .alreadyRunning(path: path) }
    try ControlServer.removeDeadSocket(path)
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
    guard descriptor >= 0 else { throw .socket(call: "socket", path: path, errno: errno) }
    guard unsafe withSocketAddress(address, length, { unsafe bind(descriptor, $0, $1) }) == 0 else {
      throw .socket(call: "bind", path: path, errno: errno)
    }
    guard unsafe chmod(path, 0o660) == 0 else { throw .socket(call: "chmod", path: path, errno: errno) }
    guard listen(descriptor, 16) == 0 else { throw .socket(call: "listen", path: path, errno: errno) }
    var pair: [Int32] = [0, 0]
    guard unsafe pipe(&pair) == 0 else { throw .socket(call: "pipe", path: path, errno: errno) }
    listener = descriptor
    wakeRead = pair[0]
    wakeWrite = pair[1]
  }

  /// Whether a daemon listens there, be it one that hangs with its queue of callers full. What keeps us from knowing is an error
  /// of its own, and nobody's socket is removed.
  private static func isTaken(_ path: String) throws(OperationsError) -> Bool {
    do throws(OperationsError) {
      close(try ControlClient.connect(path: path))
      return true
    } catch .notRunning {
      return false
    } catch .socket(call: _, path: _, errno: EAGAIN) {
      return true
    } catch .socket(call: "connect", path: let place, errno: EACCES) where isOfAnother(path) {
      throw .notOurs(path: place)
    }
  }

  /// Not so where a folder on the way may not be searched: then nobody knows what stands there.
  private static func isOfAnother(_ path: String) -> Bool {
    var information = stat()
    return unsafe lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFSOCK && information.st_uid != geteuid()
  }

  /// Removes what a server that died left behind; anything that is no socket stays where it is.
  private static func removeDeadSocket(_ path: String) throws(OperationsError) {
    var information = stat()
    guard unsafe lstat(path, &information) == 0 else { return }
    guard information.st_mode & S_IFMT == S_IFSOCK else { throw .socket(call: "replace", path: path, errno: ENOTSOCK) }
    _ = unsafe unlink(path)
  }

  deinit {
    stopListening()
    close(wakeRead)
    close(wakeWrite)
    if reserve >= 0 { close(reserve) }
  }

  private var isListening = true

  private func stopListening() {
    guard isListening else { return }
    isListening = false
    for client in clients { close(client.descriptor) }
    clients = []
    close(listener)
    _ = unsafe unlink(path)
  }

  /// Ends `run`; any thread may call it.
  package func stop() { _ = unsafe write(wakeWrite, [1], 1) }

  /// Serves until `stop`, once; the socket is gone when it returns. Call on one thread.
  package func run(handle: (ControlRequest) -> ControlAnswer) {
    defer { stopListening() }
    while true {
      var polls = [pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
      polls.append(pollfd(fd: isStarved ? -1 : listener, events: Int16(POLLIN), revents: 0))
      polls += clients.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      let isAnyPending = clients.contains { $0.pending != nil }
      let patience = isAnyPending ? Self.pendingMilliseconds : isStarved ? Self.starvedMilliseconds : 1000
      let ready = unsafe poll(&polls, nfds_t(polls.count), patience)
      isStarved = false
      if ready < 0 && errno != EINTR { return }
      if polls[0].revents != 0 { return }
      let now = monotonicMilliseconds()
      for (index, entry) in polls.dropFirst(2).enumerated().reversed() {
        if entry.revents != 0 {
          serve(index, now: now, handle: handle)
        } else if clients[index].pending != nil {
          settle(index, now: now, handle: handle)
        } else if now - clients[index].lastHeard > Self.idleMilliseconds {
          drop(index)
        }
      }
      if polls[1].revents != 0 { accept(now: now, handle: handle) }
    }
  }

  private func accept(now: Int64, handle: (ControlRequest) -> ControlAnswer) {
    var descriptor = Glibc.accept(listener, nil, nil)
    if descriptor < 0 && (errno == EMFILE || errno == ENFILE) {
      giveUpDescriptor()
      descriptor = Glibc.accept(listener, nil, nil)
      // Whoever waits still waits: poll would report it again and again.
      isStarved = descriptor < 0
    }
    guard descriptor >= 0 else { return }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    if clients.count >= Self.clientLimit { makeRoom(because: "too many clients, at most \(Self.clientLimit)") }
    clients.append(Client(descriptor: descriptor, lastHeard: now))
    // Most have said what they want by now: the sooner it is heard, the less a crowd matters.
    serve(clients.count - 1, now: now, handle: handle)
  }

  /// The process may open nothing more: the newcomer gets the reserve, or the place of the client that is silent longest.
  private func giveUpDescriptor() {
    guard reserve >= 0 else { return makeRoom(because: "limbd has no file descriptor left") }
    close(reserve)
    reserve = -1
  }

  /// A newcomer may want an e-stop: it is never turned away. Whoever waits for an answer is the last to go.
  private func makeRoom(because reason: String) {
    let order = { (client: Client) in (client.pending == nil ? 0 : 1, client.lastHeard) }
    let silent = clients.indices.min { order(clients[$0]) < order(clients[$1]) }
    guard let silent else { return }
    _ = reply(.refused("\(reason): the longest silent client goes"), to: clients[silent].descriptor)
    drop(silent, refillsReserve: false)
  }

  /// Looks whether the answer that a client waits for has come.
  private func settle(_ index: Int, now: Int64, handle: (ControlRequest) -> ControlAnswer) {
    guard let answer = clients[index].pending?() else { return }
    clients[index].pending = nil
    clients[index].lastHeard = now
    guard reply(answer, to: clients[index].descriptor) else { return drop(index) }
    work(index, now: now, handle: handle)
  }

  private func serve(_ index: Int, now: Int64, handle: (ControlRequest) -> ControlAnswer) {
    var chunk = [UInt8](repeating: 0, count: Self.lineLimit + 1)
    let count = unsafe recv(clients[index].descriptor, &chunk, chunk.count, 0)
    if count < 0 && (errno == EAGAIN || errno == EINTR) { return }
    guard count > 0 else { return drop(index) }
    clients[index].buffer += chunk[..<count]
    if clients[index].pending != nil { overtake(index) }
    guard clients.indices.contains(index) else { return }
    work(index, now: now, handle: handle)
  }

  /// An e-stop behind a request whose answer takes its time is not kept waiting: what it asked before is refused, in
  /// order, and the e-stop is next.
  private func overtake(_ index: Int) {
    let lines = clients[index].buffer.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast()
    guard let stop = lines.firstIndex(where: { $0.elementsEqual(ControlRequest.emergencyStop.line.utf8) }) else {
      if clients[index].buffer.count > 4 * Self.lineLimit { drop(index) }
      return
    }
    for _ in 0...stop { _ = reply(.refused("an e-stop came behind it"), to: clients[index].descriptor) }
    clients[index].pending = nil
    clients[index].buffer.removeSubrange(..<lines[stop].startIndex)
  }

  /// Answers the whole lines that a client has sent, up to one whose answer takes its time.
  private func work(_ index: Int, now: Int64, handle: (ControlRequest) -> ControlAnswer) {
    while clients[index].pending == nil, let end = clients[index].buffer.firstIndex(of: UInt8(ascii: "\n")) {
      let line = String(decoding: clients[index].buffer[..<end], as: UTF8.self)
      clients[index].buffer.removeSubrange(...end)
      clients[index].lastHeard = now
      switch answer(line, handle: handle) {
      case .now(let answer): guard reply(answer, to: clients[index].descriptor) else { return drop(index) }
      case .later(let pending): clients[index].pending = pending
      }
    }
    if clients[index].pending == nil, clients[index].buffer.count > Self.lineLimit {
      _ = reply(.refused("a request has at most \(Self.lineLimit) bytes"), to: clients[index].descriptor)
      drop(index)
    }
  }

  private func answer(_ line: String, handle: (ControlRequest) -> ControlAnswer) -> ControlAnswer {
    do throws(OperationsError) {
      return handle(try ControlRequest(line: line))
    } catch {
      return .now(.refused(error.message))
    }
  }

  /// False if the client does not take it whole at once.
  private func reply(_ reply: ControlReply, to descriptor: Int32) -> Bool {
    let bytes = Array((reply.json + "\n").utf8)
    return unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)) == bytes.count
  }

  /// Without `refillsReserve` the descriptor is for the newcomer, who may want an e-stop.
  private func drop(_ index: Int, refillsReserve: Bool = true) {
    close(clients[index].descriptor)
    clients.remove(at: index)
    if refillsReserve, reserve < 0 { reserve = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC) }
  }
}
