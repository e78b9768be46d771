internal import LimbLink
internal import LimbTypes

extension LimbLinkDriver {
  /// True if a SENSOR belongs to the link's session and this robot.
  @_noLocks mutating func accepts(_ sensor: SensorMessage, isArm: Bool) -> Bool {
    guard phase == .linked else { return false }
    guard sensor.session == session else {
      statistics.foreignFrames &+= 1
      noteStranger(weight: 1)
      return false
    }
    guard isArm == plan.isArm && Int(sensor.jointCount) == plan.jointCount else {
      statistics.foreignFrames &+= 1
      return false
    }
    strangeness = 0
    return true
  }

  /// The SENSOR just decoded as a frame in SI units.
  @_noLocks mutating func fill(_ frame: inout SensorFrame, _ sensor: SensorMessage, isArm: Bool) {
    let header = decoder.header
    clock.advance(sequence: header.sequence, stamp: header.senderMicroseconds, at: now)
    frame = SensorFrame()
    frame.tick = clock.tick
    frame.deviceTimeMicroseconds = clock.microseconds
    frame.receivedAt = now
    plan.convert(sensor, caps.scales, into: &frame)
    if isArm {
      frame.gripperWidthMeters = Float(sensor.gripperWidth) * 0.00001
      frame.gripperForceNewtons = Float(sensor.gripperForce) / 64
    } else {
      plan.convertBody(sensor, caps.scales, into: &frame)
    }
    frame.deviceState = LimbLinkDriver.deviceState(sensor.state)
    frame.flags = LimbLinkDriver.deviceFlags(sensor.flags)
    if plan.sensors & CapsSensors.temperature != 0,
      temperature.isLost(sensor.temperatureMaximumCelsius, atMicroseconds: clock.microseconds)
    {
      frame.flags.rawValue |= DeviceFlags.temperatureLost.rawValue
    }
    frame.present = sensorGroups
    note(sensor)
    statistics.frames &+= 1
  }

  @_noLocks private mutating func note(_ sensor: SensorMessage) {
    status.state = sensor.state
    status.action = sensor.action
    status.latch = sensor.latch
    status.flags = sensor.flags
    status.fault = sensor.fault
    status.armCommands = sensor.armCommands
    status.clampedJoints = sensor.clampedJoints
  }

  private var sensorGroups: SensorGroups {
    @_noLocks get {
      var groups: UInt8 = 0
      if caps.sensors & CapsSensors.imu != 0 { groups |= SensorGroups.imu.rawValue }
      if caps.sensors & CapsSensors.feet != 0 { groups |= SensorGroups.feet.rawValue }
      if caps.sensors & CapsSensors.gripper != 0 { groups |= SensorGroups.gripper.rawValue }
      if caps.sensors & CapsSensors.torque != 0 { groups |= SensorGroups.torque.rawValue }
      return SensorGroups(rawValue: groups)
    }
  }

  @_noLocks static func deviceState(_ number: UInt8) -> DeviceState {
    switch number {
    case 0: .boot
    case 1: .waitHello
    case 2: .disarmed
    case 3: .armed
    case 4: .coast
    case 5: .damp
    case 6: .hold
    case 7: .limp
    case 8: .fault
    default: .emergencyStop
    }
  }

  /// The wire's flags (SPEC §4.4) as limbd's.
  @_noLocks static func deviceFlags(_ wire: UInt16) -> DeviceFlags {
    var flags: UInt16 = 0
    if wire & 0x0002 != 0 { flags |= DeviceFlags.positionClamped.rawValue }
    if wire & 0x000C != 0 { flags |= DeviceFlags.slewClamped.rawValue }
    if wire & 0x0030 != 0 { flags |= DeviceFlags.torqueClamped.rawValue }
    if wire & 0x0040 != 0 { flags |= DeviceFlags.button.rawValue }
    if wire & 0x0400 != 0 { flags |= DeviceFlags.lowVoltage.rawValue }
    if wire & 0x0800 != 0 { flags |= DeviceFlags.overTemperature.rawValue }
    if wire & 0x1000 != 0 { flags |= DeviceFlags.motorsEnabled.rawValue }
    return DeviceFlags(rawValue: flags)
  }

  /// Whatever is no SENSOR. A type that only a host sends is ignored.
  @_noLocks mutating func handle(_ message: Message) {
    switch message {
    case .helloAck(let answer): handle(answer)
    case .caps(let capabilities): handle(capabilities)
    case .heartbeat(let beat): handle(beat)
    case .fault(let fault): handle(fault)
    case .ack(let ack): handle(ack)
    case .parameterValue(let value): handle(value)
    case .timeSync(let sync): handle(sync)
    case .statistics(let statistics): self.statistics.device = statistics
    case .tick(let tick):
      self.tick = tick
      hasTick = true
    default: break
    }
  }

  @_noLocks private mutating func handle(_ beat: HeartbeatMessage) {
    status.state = beat.state
    status.latch = beat.latch
    status.action = beat.action
    status.flags = beat.flags
    status.fault = beat.fault
    if beat.session != session { noteStranger(weight: 4) }
  }

  /// Every FAULT is acknowledged, repeated ones too: the first ACK may have been lost.
  @_noLocks private mutating func handle(_ fault: FaultMessage) {
    if faultCount == 0 || fault.request != lastFault.request { faultCount &+= 1 }
    lastFault = fault
    var ack = AckMessage()
    ack.request = fault.request
    ack.type = MessageType.fault.number
    _ = transmit(.ack(ack))
  }
}
