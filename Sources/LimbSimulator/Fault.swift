/// What can go wrong with a simulated robot (`--fault`).
package enum Fault: Equatable, Sendable {
  /// Frames vanish.
  case drop(LineShare)
  /// One byte of a frame changes.
  case corrupt(LineShare)
  /// Frames come twice.
  case duplicate(LineShare)
  /// Frames come so many milliseconds later, in order.
  case delay(LineShare, milliseconds: Int)
  /// So many random bytes on the line, once.
  case garbage(LineDirection, bytes: Int)
  /// Attitude, gyro and accelerometer stand still, and so does their counter.
  case frozenInertialUnit
  /// The supply falls to so many volts.
  case brownOut(volts: Double)
  /// The firmware begins anew, as after its watchdog, once.
  case firmwareReset
  /// The cable is pulled: real time: the port goes away; lockstep: the line is silent both ways.
  case unplug
  /// The cable is put back, once.
  case replug
  /// The emergency-stop input is pressed.
  case emergencyStopButton
  /// The button is pressed.
  case button
  /// A joint is jammed.
  case stuckJoint(Int)
  /// A joint's encoder reports what is not a number.
  case encoderLoss(joint: Int)
  /// A joint's motor is so many degrees hot.
  case overTemperature(joint: Int, celsius: Double)

  /// True for what happens at an instant rather than for a while.
  package var isInstant: Bool {
    switch self {
    case .garbage, .firmwareReset, .replug: true
    default: false
    }
  }
}

/// Which bytes a fault of the line meets.
package enum LineDirection: String, CaseIterable, Equatable, Sendable {
  /// From the robot.
  case host
  /// Towards the robot.
  case device
}

/// The part of the frames that a fault of the line meets.
package struct LineShare: Equatable, Sendable {
  /// Where the bytes go.
  package var to = LineDirection.host
  /// Probability for each frame, in (0, 1].
  package var rate: Float = 1

  /// Every frame in that direction, unless a rate is given.
  package init(to: LineDirection = .host, rate: Float = 1) {
    self.to = to
    self.rate = rate
  }
}

/// A fault and when it happens, on the device's clock: milliseconds since the simulated robot was switched on, which in
/// lockstep stands still until the host has connected.
package struct ScheduledFault: Equatable, Sendable {
  /// What goes wrong.
  package var fault: Fault
  /// First millisecond.
  package var start: UInt64
  /// How long; nil: for ever, or at an instant.
  package var duration: UInt64?
  /// Again every so many milliseconds.
  package var every: UInt64?

  /// A fault from `start` on: for ever, for `duration`, or again `every` so many milliseconds.
  package init(_ fault: Fault, start: UInt64 = 0, duration: UInt64? = nil, every: UInt64? = nil) {
    self.fault = fault
    self.start = start
    self.duration = duration
    self.every = every
  }

  /// Milliseconds since this round of the fault began; nil before the first.
  private func phase(at millisecond: UInt64) -> UInt64? {
    guard millisecond >= start else { return nil }
    let elapsed = millisecond - start
    return every.map { elapsed % $0 } ?? elapsed
  }

  /// True while the fault lasts.
  package func isActive(at millisecond: UInt64) -> Bool {
    guard let phase = phase(at: millisecond) else { return false }
    if fault.isInstant { return phase == 0 }
    return duration.map { phase < $0 } ?? true
  }

  /// True in the one millisecond in which it begins.
  package func begins(at millisecond: UInt64) -> Bool { phase(at: millisecond) == 0 }
}
