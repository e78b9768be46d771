import LimbLink

extension Message {
  /// Every number of the message in wire order, read by field name: what the golden vectors list.
  var scalars: [Int128] {
    switch self {
    case .hello(let m): list(m.magic, m.session, m.rateHertz, m.nonce, m.flags)
    case .helloAck(let m):
      list(m.magic, m.session, m.nonce, m.result, m.state, m.latch, m.resetCause) + (0..<16).map { Int128(m.uuid[$0]) }
        + list(m.board, m.firmwareMajor, m.firmwareMinor, m.firmwarePatch, m.bootloader)
        + (0..<8).map { Int128(m.git[$0]) } + list(m.uptimeMilliseconds, m.capsCRC)
    case .caps(let m): m.scalars
    case .sensorQuad(let m):
      list(m.jointCount, m.footCount) + m.head + (0..<4).map { Int128(m.quaternion[$0]) }
        + (0..<3).map { Int128(m.gyro[$0]) } + (0..<3).map { Int128(m.acceleration[$0]) } + list(m.imuSequence)
        + m.jointScalars + (0..<Int(m.footCount)).map { Int128(m.feet[$0]) }
    case .sensorArm(let m):
      list(m.jointCount, m.gripperCount) + m.head + m.jointScalars
        + (m.gripperCount == 1 ? list(m.gripperWidth, m.gripperForce) : [])
    case .command(let m):
      list(m.jointCount, m.mode, m.flags, m.timeToLiveMilliseconds, m.sensorSequence, m.session)
        + (0..<Int(m.jointCount)).flatMap {
          let j = m.joints[$0]
          return list(j.position, j.velocity, j.torque, j.stiffness, j.damping)
        }
    case .heartbeat(let m): list(m.state, m.loadPercent, m.flags, m.session, m.latch, m.action, m.fault)
    case .emergencyStop(let m): list(m.reason, m.source)
    case .fault(let m): list(m.request, m.code, m.joint, m.severity, m.value)
    case .arm(let m): list(m.request, m.session, m.capsCRC)
    case .disarm(let m): list(m.request, m.session)
    case .clear(let m): list(m.request, m.session, m.what)
    case .ack(let m): list(m.request, m.type, m.result, m.detail, m.state)
    case .parameter(let m): list(m.request, m.session, m.operation, m.valueType, m.id, m.value)
    case .parameterValue(let m):
      list(m.request, m.id, m.index, m.count, m.valueType, m.flags, m.value, m.minimum, m.maximum)
        + list(m.nameLength, m.unitLength) + (0..<Int(m.nameLength)).map { Int128(m.name[$0]) }
        + (0..<Int(m.unitLength)).map { Int128(m.unit[$0]) }
    case .timeSync(let m):
      list(m.request, m.hostSentMicroseconds, m.deviceReceivedMicroseconds, m.deviceSentMicroseconds)
    case .statistics(let m):
      m.link.named.map { Int128($0.1) } + m.command.scalars
        + list(m.unexpected, m.transmitDropped, m.tickGapMaximumMicroseconds)
    case .log(let m): list(m.level, m.length) + (0..<Int(m.length)).map { Int128(m.text[$0]) }
    case .boot(let m): list(m.request, m.session, m.magic)
    case .tick(let m): list(m.number, m.deviceTimeMicroseconds)
    case .tickDone(let m): list(m.number)
    }
  }
}

private func list(_ values: any BinaryInteger...) -> [Int128] { values.map { Int128($0) } }

extension CapsMessage {
  fileprivate var scalars: [Int128] {
    let s = scales
    return list(capsCRC, rateHertz, sessionFlags, kind, jointCount, footCount, onLinkLoss, onEmergencyStop)
      + list(temperatureMaximumCelsius, sensors, rateMaximumHertz, decodedBytesMaximum)
      + list(timeToLiveMinimumMilliseconds, timeToLiveMaximumMilliseconds, limpAfterMilliseconds)
      + list(voltageMinimumMillivolts, holdError, armDelta)
      + list(s.positionPerRadian, s.velocityPerRadianPerSecond, s.torquePerNewtonMeter)
      + list(s.stiffnessPerNewtonMeterPerRadian, s.dampingPerNewtonMeterSecondPerRadian, s.gyroPerRadianPerSecond)
      + list(s.accelerationPerMeterPerSecondSquared, s.footPerNewton)
      + (0..<Int(jointCount)).flatMap {
        let j = joints[$0]
        return list(
          j.kind, j.positionMinimum, j.positionMaximum, j.velocityMaximum, j.torqueMaximum, j.stiffnessMaximum,
          j.dampingMaximum, j.slewMaximum)
      }
  }
}

extension SensorMessage {
  fileprivate var head: [Int128] {
    list(state, action, latch, hottestJoint, temperatureMaximumCelsius, armCommands, flags, lastCommandSequence)
      + list(commandAge, commandsLost, session, voltageMillivolts, current, fault, clampedJoints)
  }

  fileprivate var jointScalars: [Int128] {
    (0..<Int(jointCount)).flatMap {
      let j = joints[$0]
      return list(j.position, j.velocity, j.torque, j.applied)
    }
  }
}

extension CommandCounters {
  fileprivate var scalars: [Int128] {
    list(applied, stale, older, repeated, unknownFrame, wrongSession, wrongCount, badTimeToLive, wrongMode)
  }
}
