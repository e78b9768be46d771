/// The messages of limb-link 1.0 and their numbers on the wire (SPEC §4).
package enum MessageType: UInt8, BitwiseCopyable, Sendable, CaseIterable {
  case hello = 0x01
  case helloAck = 0x02
  case caps = 0x03
  case sensorQuad = 0x10
  case sensorArm = 0x11
  case command = 0x20
  case heartbeat = 0x30
  case emergencyStop = 0x31
  case fault = 0x32
  case arm = 0x33
  case disarm = 0x34
  case clear = 0x35
  case ack = 0x36
  case parameter = 0x40
  case parameterValue = 0x41
  case timeSync = 0x50
  case statistics = 0x60
  case log = 0x61
  case boot = 0x62
  case tick = 0x70
  case tickDone = 0x71

  /// The type that a byte stands for; nil if 1.0 has none.
  @_noLocks package static func numbered(_ number: UInt8) -> MessageType? {
    switch number {
    case 0x01: .hello
    case 0x02: .helloAck
    case 0x03: .caps
    case 0x10: .sensorQuad
    case 0x11: .sensorArm
    case 0x20: .command
    case 0x30: .heartbeat
    case 0x31: .emergencyStop
    case 0x32: .fault
    case 0x33: .arm
    case 0x34: .disarm
    case 0x35: .clear
    case 0x36: .ack
    case 0x40: .parameter
    case 0x41: .parameterValue
    case 0x50: .timeSync
    case 0x60: .statistics
    case 0x61: .log
    case 0x62: .boot
    case 0x70: .tick
    case 0x71: .tickDone
    default: nil
    }
  }

  /// The byte on the wire. (`rawValue` is the compiler's and carries no annotation for the control path.)
  package var number: UInt8 {
    @_noLocks get {
      switch self {
      case .hello: 0x01
      case .helloAck: 0x02
      case .caps: 0x03
      case .sensorQuad: 0x10
      case .sensorArm: 0x11
      case .command: 0x20
      case .heartbeat: 0x30
      case .emergencyStop: 0x31
      case .fault: 0x32
      case .arm: 0x33
      case .disarm: 0x34
      case .clear: 0x35
      case .ack: 0x36
      case .parameter: 0x40
      case .parameterValue: 0x41
      case .timeSync: 0x50
      case .statistics: 0x60
      case .log: 0x61
      case .boot: 0x62
      case .tick: 0x70
      case .tickDone: 0x71
      }
    }
  }

  /// CRC-32C of the message's schema line in the SPEC: appended to the checksum, never sent. 0 for
  /// the messages of strangers, whose layout never changes.
  package var schemaHash: UInt32 {
    @_noLocks get {
      switch self {
      case .hello, .helloAck, .emergencyStop: 0
      case .caps: 0x51ED_0612
      case .sensorQuad: 0x4C00_A160
      case .sensorArm: 0xA218_C77C
      case .command: 0x1FD7_889B
      case .heartbeat: 0x6908_7E6D
      case .fault: 0xC160_F2D5
      case .arm: 0x8053_27FB
      case .disarm: 0x2492_1506
      case .clear: 0xE057_CFF5
      case .ack: 0x27A5_290F
      case .parameter: 0x96FE_5138
      case .parameterValue: 0x6CF3_9512
      case .timeSync: 0x0F61_F618
      case .statistics: 0xA473_B578
      case .log: 0x8326_8121
      case .boot: 0x9047_7B5E
      case .tick: 0x04DD_45C1
      case .tickDone: 0x8B97_5FA7
      }
    }
  }

  /// Which sequence numbers the message takes.
  package var sequenceClass: SequenceClass {
    @_noLocks get {
      switch self {
      case .emergencyStop, .tick, .tickDone: .none
      case .sensorQuad, .sensorArm, .command: .cyclic
      default: .service
      }
    }
  }
}

/// A run of sequence numbers: one a direction and class, so that a lost service frame never looks like sensor loss.
package enum SequenceClass: BitwiseCopyable, Sendable {
  /// ESTOP, TICK, TICK_DONE: sent with 0, ignored.
  case none
  case service
  case cyclic
}
