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

  /// Writes the payload, or says what is out of range; `fields` tells by itself whether it found room.
  @_noLocks func write(_ fields: inout PayloadFields) -> PayloadDefect {
    switch self {
    case .hello(var body): body.pass(&fields)
    case .helloAck(var body): body.pass(&fields)
    case .caps(var body): body.pass(&fields)
    case .sensorQuad(var body): body.passQuad(&fields)
    case .sensorArm(var body): body.passArm(&fields)
    case .command(var body): body.pass(&fields)
    case .heartbeat(var body): body.pass(&fields)
    case .emergencyStop(var body): body.pass(&fields)
    case .fault(var body): body.pass(&fields)
    case .arm(var body): body.pass(&fields)
    case .disarm(var body): body.pass(&fields)
    case .clear(var body): body.pass(&fields)
    case .ack(var body): body.pass(&fields)
    case .parameter(var body): body.pass(&fields)
    case .parameterValue(var body): body.pass(&fields)
    case .timeSync(var body): body.pass(&fields)
    case .statistics(var body): body.pass(&fields)
    case .log(var body): body.pass(&fields)
    case .boot(var body): body.pass(&fields)
    case .tick(var body): body.pass(&fields)
    case .tickDone(var body): body.pass(&fields)
    }
  }
}

extension Message {
  /// Reads a payload of `type` into `message`, whose contents are of no use if there is a defect. SPEC §2, rules 7 to
  /// 10; `caps_crc` is the decoder's to check.
  @_noLocks static func read(
    _ type: MessageType, _ fields: inout PayloadFields, into message: inout Message
  ) -> PayloadDefect {
    let defect: PayloadDefect
    switch type {
    case .hello, .helloAck, .caps: defect = readSession(type, &fields, into: &message)
    case .sensorQuad, .sensorArm, .command: defect = readCyclic(type, &fields, into: &message)
    case .arm, .disarm, .clear, .ack, .parameter, .boot: defect = readRequest(type, &fields, into: &message)
    default: defect = readStatus(type, &fields, into: &message)
    }
    // A payload too short for its fields shows in what they then hold, too: the length comes first.
    return fields.overran ? .length : defect
  }

  @_noLocks private static func readSession(
    _ type: MessageType, _ fields: inout PayloadFields, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .hello:
      var body = HelloMessage()
      let defect = body.pass(&fields)
      message = .hello(body)
      return defect
    case .helloAck:
      var body = HelloAckMessage()
      let defect = body.pass(&fields)
      message = .helloAck(body)
      return defect
    default:
      var body = CapsMessage()
      let defect = body.pass(&fields)
      message = .caps(body)
      return defect
    }
  }

  @_noLocks private static func readCyclic(
    _ type: MessageType, _ fields: inout PayloadFields, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .sensorQuad:
      var body = SensorMessage()
      let defect = body.passQuad(&fields)
      message = .sensorQuad(body)
      return defect
    case .sensorArm:
      var body = SensorMessage()
      let defect = body.passArm(&fields)
      message = .sensorArm(body)
      return defect
    default:
      var body = CommandMessage()
      let defect = body.pass(&fields)
      message = .command(body)
      return defect
    }
  }

  @_noLocks private static func readRequest(
    _ type: MessageType, _ fields: inout PayloadFields, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .arm:
      var body = ArmMessage()
      let defect = body.pass(&fields)
      message = .arm(body)
      return defect
    case .disarm:
      var body = DisarmMessage()
      let defect = body.pass(&fields)
      message = .disarm(body)
      return defect
    case .clear:
      var body = ClearMessage()
      let defect = body.pass(&fields)
      message = .clear(body)
      return defect
    case .ack:
      var body = AckMessage()
      let defect = body.pass(&fields)
      message = .ack(body)
      return defect
    case .parameter:
      var body = ParameterMessage()
      let defect = body.pass(&fields)
      message = .parameter(body)
      return defect
    default:
      var body = BootMessage()
      let defect = body.pass(&fields)
      message = .boot(body)
      return defect
    }
  }

  @_noLocks private static func readStatus(
    _ type: MessageType, _ fields: inout PayloadFields, into message: inout Message
  ) -> PayloadDefect {
    switch type {
    case .heartbeat:
      var body = HeartbeatMessage()
      let defect = body.pass(&fields)
      message = .heartbeat(body)
      return defect
    case .emergencyStop:
      var body = EmergencyStopMessage()
      let defect = body.pass(&fields)
      message = .emergencyStop(body)
      return defect
    case .fault:
      var body = FaultMessage()
      let defect = body.pass(&fields)
      message = .fault(body)
      return defect
    case .parameterValue:
      var body = ParameterValueMessage()
      let defect = body.pass(&fields)
      message = .parameterValue(body)
      return defect
    case .timeSync:
      var body = TimeSyncMessage()
      let defect = body.pass(&fields)
      message = .timeSync(body)
      return defect
    case .statistics:
      var body = StatisticsMessage()
      let defect = body.pass(&fields)
      message = .statistics(body)
      return defect
    case .log:
      var body = LogMessage()
      let defect = body.pass(&fields)
      message = .log(body)
      return defect
    case .tick:
      var body = TickMessage()
      let defect = body.pass(&fields)
      message = .tick(body)
      return defect
    default:
      var body = TickDoneMessage()
      let defect = body.pass(&fields)
      message = .tickDone(body)
      return defect
    }
  }
}
