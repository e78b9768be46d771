/// In what a device differs from what the profile says of it.
package enum MismatchKind: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case uuid
  /// Another major version of limb-link.
  case protocolVersion
  /// HELLO is answered, CAPS does not come through: another layout (schema hash), or a line that damages it every time.
  case capabilities
  case robotKind
  case jointCount
  case jointIndex
  case positionRange
  case velocityMaximum
  case torqueMaximum
  case stiffness
  case damping
  case slew
  case rate
  case timeToLive
  case onLinkLoss
  case onEmergencyStop
  case sensors
  case footCount
  case messageSize
  case lockstep
  // Remarks: what limbd can live with.
  case voltageMinimum
  case temperatureMaximum
  case holdError
}

/// One difference; found and expected in the unit of its kind (radian, rad/s, Nm, Hz, ms, V, °C, a number of
/// CAPS, a version byte).
package struct LinkMismatch: BitwiseCopyable, Sendable {
  /// In what they differ.
  package var kind = MismatchKind.uuid
  /// The joint in limbd's order, or −1.
  package var joint: Int8 = -1
  /// What the device has.
  package var found: Float = 0
  /// What the profile asks for.
  package var expected: Float = 0

  /// No difference in the UUID; to be overwritten.
  @_noLocks package init() {}

  /// A difference of a joint, −1 for none.
  @_noLocks package init(_ kind: MismatchKind, joint: Int, found: Float, expected: Float) {
    self.kind = kind
    self.joint = Int8(clamping: joint)
    self.found = found
    self.expected = expected
  }
}

/// The differences found between one device and one profile.
package struct LinkMismatches: BitwiseCopyable, Sendable {
  /// Eighteen joints with eight reasons each is the most that a comparison can find.
  private static var capacity: Int { @_noLocks get { 160 } }

  /// How many there are.
  package private(set) var count = 0
  private var kept = InlineArray<160, LinkMismatch>(repeating: LinkMismatch())

  /// None found.
  @_noLocks package init() {}

  /// True if device and profile agree.
  package var isEmpty: Bool { @_noLocks get { count == 0 } }

  /// One of them, `index` below `count`.
  package subscript(index: Int) -> LinkMismatch { @_noLocks get { kept[index] } }

  /// Adds one; beyond the capacity it is left out.
  @_noLocks mutating func append(_ mismatch: LinkMismatch) {
    guard count < LinkMismatches.capacity else { return }
    kept[count] = mismatch
    count += 1
  }

  /// One sentence each for the first `limit`, and how many more there are. Off the control path.
  package func descriptions(jointNames: [String], limit: Int = 16) -> [String] {
    (0..<min(count, limit)).map { kept[$0].description(jointNames: jointNames) }
      + (count > limit ? ["and \(count - limit) more"] : [])
  }
}
