/// One message of limb-link 1.0, in the wire's own integers.
package enum Message: BitwiseCopyable, Sendable {
  case hello(HelloMessage)
  case helloAck(HelloAckMessage)
  case caps(CapsMessage)
  case sensorQuad(SensorMessage)
  case sensorArm(SensorMessage)
  case command(CommandMessage)
  case heartbeat(HeartbeatMessage)
  case emergencyStop(EmergencyStopMessage)
  case fault(FaultMessage)
  case arm(ArmMessage)
  case disarm(DisarmMessage)
  case clear(ClearMessage)
  case ack(AckMessage)
  case parameter(ParameterMessage)
  case parameterValue(ParameterValueMessage)
  case timeSync(TimeSyncMessage)
  case statistics(StatisticsMessage)
  case log(LogMessage)
  case boot(BootMessage)
  case tick(TickMessage)
  case tickDone(TickDoneMessage)

  /// Its number on the wire.
  package var type: MessageType {
    @_noLocks get {
      switch self {
      case .hello: .hello
      case .helloAck: .helloAck
      case .caps: .caps
      case .sensorQuad: .sensorQuad
      case .sensorArm: .sensorArm
      case .command: .command
      case .heartbeat: .heartbeat
      case .emergencyStop: .emergencyStop
      case .fault: .fault
      case .arm: .arm
      case .disarm: .disarm
      case .clear: .clear
      case .ack: .ack
      case .parameter: .parameter
      case .parameterValue: .parameterValue
      case .timeSync: .timeSync
      case .statistics: .statistics
      case .log: .log
      case .boot: .boot
      case .tick: .tick
      case .tickDone: .tickDone
      }
    }
  }

  /// Writes the payload; false if a count or a value is out of range.
  @_noLocks func write(_ writer: inout PayloadWriter) -> Bool {
    switch self {
    case .hello(let body): body.write(&writer)
    case .helloAck(let body): body.write(&writer)
    case .caps(let body): body.write(&writer)
    case .sensorQuad(let body): body.writeQuad(&writer)
    case .sensorArm(let body): body.writeArm(&writer)
    case .command(let body): body.write(&writer)
    case .heartbeat(let body): body.write(&writer)
    case .emergencyStop(let body): body.write(&writer)
    case .fault(let body): body.write(&writer)
    case .arm(let body): body.write(&writer)
    case .disarm(let body): body.write(&writer)
    case .clear(let body): body.write(&writer)
    case .ack(let body): body.write(&writer)
    case .parameter(let body): body.write(&writer)
    case .parameterValue(let body): body.write(&writer)
    case .timeSync(let body): body.write(&writer)
    case .statistics(let body): body.write(&writer)
    case .log(let body): body.write(&writer)
    case .boot(let body): body.write(&writer)
    case .tick(let body): body.write(&writer)
    case .tickDone(let body): body.write(&writer)
    }
  }
}

extension Message {
  /// Reads a payload of `type` into `message`, which keeps its old value if there is a defect. SPEC §2, rules 7 to 10;
  /// `caps_crc` is the decoder's to check.
  @_noLocks static func read(
    _ type: MessageType, _ reader: inout PayloadReader, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .hello, .helloAck, .caps: readSession(type, &reader, into: &message)
    case .sensorQuad, .sensorArm, .command: readCyclic(type, &reader, into: &message)
    case .arm, .disarm, .clear, .ack, .parameter, .boot: readRequest(type, &reader, into: &message)
    default: readStatus(type, &reader, into: &message)
    }
  }

  @_noLocks private static func readSession(
    _ type: MessageType, _ reader: inout PayloadReader, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .hello:
      var body = HelloMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .hello(body) }
      return defect
    case .helloAck:
      var body = HelloAckMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .helloAck(body) }
      return defect
    default:
      var body = CapsMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .caps(body) }
      return defect
    }
  }

  @_noLocks private static func readCyclic(
    _ type: MessageType, _ reader: inout PayloadReader, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .sensorQuad:
      var body = SensorMessage()
      let defect = body.readQuad(&reader)
      if case .none = defect { message = .sensorQuad(body) }
      return defect
    case .sensorArm:
      var body = SensorMessage()
      let defect = body.readArm(&reader)
      if case .none = defect { message = .sensorArm(body) }
      return defect
    default:
      var body = CommandMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .command(body) }
      return defect
    }
  }

  @_noLocks private static func readRequest(
    _ type: MessageType, _ reader: inout PayloadReader, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .arm:
      var body = ArmMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .arm(body) }
      return defect
    case .disarm:
      var body = DisarmMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .disarm(body) }
      return defect
    case .clear:
      var body = ClearMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .clear(body) }
      return defect
    case .ack:
      var body = AckMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .ack(body) }
      return defect
    case .parameter:
      var body = ParameterMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .parameter(body) }
      return defect
    default:
      var body = BootMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .boot(body) }
      return defect
    }
  }

  @_noLocks private static func readStatus(
    _ type: MessageType, _ reader: inout PayloadReader, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .heartbeat:
      var body = HeartbeatMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .heartbeat(body) }
      return defect
    case .emergencyStop:
      var body = EmergencyStopMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .emergencyStop(body) }
      return defect
    case .fault:
      var body = FaultMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .fault(body) }
      return defect
    case .parameterValue:
      var body = ParameterValueMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .parameterValue(body) }
      return defect
    case .timeSync:
      var body = TimeSyncMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .timeSync(body) }
      return defect
    case .statistics:
      var body = StatisticsMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .statistics(body) }
      return defect
    case .log:
      var body = LogMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .log(body) }
      return defect
    case .tick:
      var body = TickMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .tick(body) }
      return defect
    default:
      var body = TickDoneMessage()
      let defect = body.read(&reader)
      if case .none = defect { message = .tickDone(body) }
      return defect
    }
  }
}
