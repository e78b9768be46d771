internal import Synchronization

/// The one place where an open port passes from the thread that may block on opening it to the control thread, which
/// may not. One keeper, one user.
///
/// ```
/// user (control)                      keeper (operations)
/// request(): settled → wanted   ──▶   isWanted: closes the old line, opens a new one, as long as it takes
/// adopt():  offered  → settled  ◀──   offer(): writes the handle, wanted → offered
/// ```
/// A copyable handle to a shared cell. The cell is made once a process and never freed: both threads may hold it until
/// the very end.
@safe package struct PortHandover: @unchecked Sendable {
  /// The shared words. The handle's two words are written before `offered` is published and read after it is seen.
  struct Cell: ~Copyable {
    let state = Atomic<UInt8>(State.settled.rawValue)
    let port = Atomic<UInt>(0)
    let descriptor = Atomic<Int32>(-1)
  }

  enum State: UInt8 {
    case settled = 0
    case wanted = 1
    case offered = 2
  }

  private let cell: UnsafeMutablePointer<Cell>

  /// Makes the cell, in the settled state. Allocates.
  package init() {
    unsafe cell = UnsafeMutablePointer<Cell>.allocate(capacity: 1)
    unsafe cell.initialize(to: Cell())
  }

  /// User: asks for a (new) port. By calling it the user promises not to touch the old one any more. Repeating the
  /// request changes nothing.
  @_noLocks package func request() {
    _ = unsafe cell.pointee.state.compareExchange(
      expected: State.settled.rawValue, desired: State.wanted.rawValue, ordering: .acquiringAndReleasing)
  }

  /// User: takes the offered port, if there is one, in place of `transport`. True if it did.
  @_noLocks package func adopt(into transport: inout Transport) -> Bool {
    guard unsafe cell.pointee.state.load(ordering: .acquiring) == State.offered.rawValue else { return false }
    let descriptor = unsafe cell.pointee.descriptor.load(ordering: .relaxed)
    let port = unsafe OpaquePointer(bitPattern: cell.pointee.port.load(ordering: .relaxed))
    if let port = unsafe port {
      unsafe transport = Transport(backend: .port(port, descriptor: descriptor))
    } else {
      transport = Transport(descriptor: descriptor)
    }
    unsafe cell.pointee.state.store(State.settled.rawValue, ordering: .releasing)
    return true
  }

  /// Keeper: true if the user waits for a port and has let go of the old one.
  package var isWanted: Bool { unsafe cell.pointee.state.load(ordering: .acquiring) == State.wanted.rawValue }

  /// Keeper: hands over the handle of a line that the keeper keeps alive. Only while `isWanted`.
  func offer(_ backend: Transport.Backend) {
    switch backend {
    case .none: return
    case .port(let port, let descriptor):
      unsafe cell.pointee.port.store(UInt(bitPattern: port), ordering: .relaxed)
      unsafe cell.pointee.descriptor.store(descriptor, ordering: .relaxed)
    case .descriptor(let descriptor):
      unsafe cell.pointee.port.store(0, ordering: .relaxed)
      unsafe cell.pointee.descriptor.store(descriptor, ordering: .relaxed)
    }
    unsafe cell.pointee.state.store(State.offered.rawValue, ordering: .releasing)
  }
}
