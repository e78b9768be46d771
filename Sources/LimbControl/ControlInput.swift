package import LimbDevices
package import LimbTypes

/// What control asks of the device apart from commands. One at a time; the loop hands it to the driver, which repeats
/// it.
package enum DeviceRequest: BitwiseCopyable, Sendable {
  case none
  case arm
  case disarm
  case clear(emergencyStop: Bool)
  /// PARAM `episode`: the episode that begins next.
  case episode(UInt32)
}

/// What became of the request under way.
package enum DeviceAnswer: BitwiseCopyable, Sendable {
  /// Still under way, or none was made.
  case none
  case accepted
  /// The device's result code and its detail (SPEC §5).
  case refused(code: UInt8, detail: UInt16)
  /// Three tries went unanswered.
  case timedOut
}

/// Everything that one step of control may look at: no clock, no I/O.
package struct ControlInput: BitwiseCopyable, Sendable {
  /// When reading had ended, on the host's clock: the only time that the step knows.
  package var now = Instant()
  /// Whether `frame` is a fresh one, in time for a command. Late and older frames go through `absorbLate`.
  package var hasFrame = false
  /// The newest fresh frame; meaningless without `hasFrame`.
  package var frame = SensorFrame()
  /// The handshake is done and the line is there.
  package var isLinked = false
  /// What became of the request to the device that is under way.
  package var answer = DeviceAnswer.none
  /// What `answer` is the answer to.
  package var answerKind = ServiceKind.none
  /// Share of frames lost or damaged lately, 0…1.
  package var lossRatio: Float = 0
  /// Deadlines missed in a row by limbd itself.
  package var consecutiveOverruns = 0
  /// True from the moment that anybody raised the e-stop until it is cleared.
  package var isEmergencyStopRaised = false
  /// How often it was raised so far: one that comes during a clear is one more.
  package var emergencyStopCount: UInt64 = 0
  /// The line took the whole ESTOP that the last iteration sent.
  package var wroteEmergencyStop = false
  /// Grows with every line that is opened and every handshake that succeeds.
  package var lineNumber: UInt64 = 0
  /// Reasons outside control why arming must be refused.
  package var armingBlocks = ArmingBlocks(rawValue: 0)
  /// Requests taken from the queue in this iteration.
  package var requests = InlineArray<4, ControlRequest>(repeating: ControlRequest(id: 0, .arm))
  /// How many of `requests` count, 0…4.
  package var requestCount = 0

  /// No frame, no link, nothing asked.
  @_noLocks package init() {}
}

/// What one step wants done, besides the command it filled in.
package struct ControlOutput: BitwiseCopyable, Sendable {
  /// Whether the command is to be sent. False: say nothing to the motors.
  package var sendsCommand = false
  /// A request to begin now.
  package var request = DeviceRequest.none
  /// Send ESTOP in this iteration.
  package var sendsEmergencyStop = false

  /// Nothing to send, nothing to ask.
  @_noLocks package init() {}
}
