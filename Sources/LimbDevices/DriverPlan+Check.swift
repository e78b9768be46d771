internal import LimbLink
internal import LimbTypes

extension DriverPlan {
  /// Compares a device's CAPS with the plan; empty if limbd may drive it.
  @_noLocks func mismatches(_ caps: CapsMessage, wantsLockstep: Bool) -> LinkMismatches {
    var list = LinkMismatches()
    if (caps.kind == 1) != isArm || caps.kind > 1 {
      list.append(LinkMismatch(.robotKind, joint: -1, found: Float(caps.kind), expected: isArm ? 1 : 0))
    }
    if Int(caps.jointCount) != jointCount {
      list.append(LinkMismatch(.jointCount, joint: -1, found: Float(caps.jointCount), expected: Float(jointCount)))
    }
    checkSession(caps, wantsLockstep, &list)
    for index in 0..<jointCount {
      let device = joints[index].deviceIndex
      if device < 0 || device >= Int(caps.jointCount) {
        list.append(
          LinkMismatch(.jointIndex, joint: index, found: Float(caps.jointCount), expected: Float(device)))
      } else {
        checkJoint(index, caps.joints[device], caps.scales, &list)
      }
    }
    return list
  }

  /// In what a device differs from the plan without harm; whoever connects it by hand should know.
  func remarks(_ caps: CapsMessage) -> LinkMismatches {
    var list = LinkMismatches()
    let volts = Float(caps.voltageMinimumMillivolts) / 1000
    if voltageStop.isFinite, volts > voltageStop + 0.05 {
      list.append(LinkMismatch(.voltageMinimum, joint: -1, found: volts, expected: voltageStop))
    }
    let celsius = Float(caps.temperatureMaximumCelsius)
    if temperatureStop.isFinite, caps.temperatureMaximumCelsius > 0, celsius < temperatureStop {
      list.append(LinkMismatch(.temperatureMaximum, joint: -1, found: celsius, expected: temperatureStop))
    }
    let slack = 1.5 / Float(caps.scales.positionPerRadian)
    let holdError = Float(caps.holdError) / Float(caps.scales.positionPerRadian)
    if onLinkLoss == 2 || onEmergencyStop == 2, (holdError - holdErrorRadians).magnitude > slack {
      list.append(LinkMismatch(.holdError, joint: -1, found: holdError, expected: holdErrorRadians))
    }
    return list
  }

  @_noLocks private func checkSession(_ caps: CapsMessage, _ wantsLockstep: Bool, _ list: inout LinkMismatches) {
    if Int(caps.rateHertz) != rateHertz {
      list.append(LinkMismatch(.rate, joint: -1, found: Float(caps.rateHertz), expected: Float(rateHertz)))
    }
    let wanted = Float(timeToLiveMilliseconds)
    let shortest = Float(caps.timeToLiveMinimumMilliseconds)
    let longest = Float(caps.timeToLiveMaximumMilliseconds)
    if wanted < shortest || wanted > longest {
      list.append(
        LinkMismatch(.timeToLive, joint: -1, found: wanted < shortest ? shortest : longest, expected: wanted))
    }
    if caps.onLinkLoss != onLinkLoss {
      list.append(LinkMismatch(.onLinkLoss, joint: -1, found: Float(caps.onLinkLoss), expected: Float(onLinkLoss)))
    }
    if caps.onEmergencyStop != onEmergencyStop {
      list.append(
        LinkMismatch(
          .onEmergencyStop, joint: -1, found: Float(caps.onEmergencyStop), expected: Float(onEmergencyStop)))
    }
    if sensors & ~caps.sensors != 0 {
      list.append(LinkMismatch(.sensors, joint: -1, found: Float(caps.sensors), expected: Float(sensors)))
    }
    for foot in 0..<footCount where Int(footSensors[foot]) >= Int(caps.footCount) {
      list.append(
        LinkMismatch(.footCount, joint: -1, found: Float(caps.footCount), expected: Float(footSensors[foot])))
    }
    let bytes = LinkLimits.headerBytes + LinkLimits.crcBytes + 10 + 10 * Int(caps.jointCount)
    if bytes > Int(caps.decodedBytesMaximum) {
      list.append(
        LinkMismatch(.messageSize, joint: -1, found: Float(caps.decodedBytesMaximum), expected: Float(bytes)))
    }
    let granted = caps.sessionFlags & 1 != 0
    if granted != wantsLockstep {
      list.append(LinkMismatch(.lockstep, joint: -1, found: granted ? 1 : 0, expected: wantsLockstep ? 1 : 0))
    }
  }

  /// A limit of the profile may not lie outside the device's: the device would clamp what limbd believes to be applied.
  /// One count of slack, since the device's limits were rounded.
  @_noLocks private func checkJoint(
    _ index: Int, _ device: CapsJoint, _ scales: LinkScales, _ list: inout LinkMismatches
  ) {
    let joint = joints[index]
    let slack = 1.5 / Float(scales.positionPerRadian)
    let lowest = FixedPoint.value(device.positionMinimum, perUnit: scales.positionPerRadian)
    let highest = FixedPoint.value(device.positionMaximum, perUnit: scales.positionPerRadian)
    for end in 0..<2 {
      let angle = joint.devicePosition(end == 0 ? joint.positionMinimumRadians : joint.positionMaximumRadians)
      if angle < lowest - slack {
        list.append(LinkMismatch(.positionRange, joint: index, found: lowest, expected: angle))
      } else if angle > highest + slack {
        list.append(LinkMismatch(.positionRange, joint: index, found: highest, expected: angle))
      }
    }
    let speed = scales.velocityPerRadianPerSecond
    check(
      .velocityMaximum, index, field: device.velocityMaximum, scale: speed,
      wanted: joint.velocityMaximumRadiansPerSecond * joint.gearRatio, &list)
    check(
      .torqueMaximum, index, field: device.torqueMaximum, scale: scales.torquePerNewtonMeter,
      wanted: joint.torqueMaximumNewtonMeters / joint.gearRatio, &list)
    check(
      .stiffness, index, field: device.stiffnessMaximum, scale: scales.stiffnessPerNewtonMeterPerRadian,
      wanted: joint.deviceGain(joint.stiffness), &list)
    check(
      .damping, index, field: device.dampingMaximum, scale: scales.dampingPerNewtonMeterSecondPerRadian,
      wanted: joint.deviceGain(joint.damping), &list)
    check(
      .slew, index, field: device.slewMaximum, scale: speed, wanted: slewRadiansPerSecond * joint.gearRatio, &list)
  }

  @_noLocks private func check(
    _ kind: MismatchKind, _ joint: Int, field: UInt16, scale: UInt16, wanted: Float, _ list: inout LinkMismatches
  ) {
    // A saturated field says "at least so much".
    if field == 65535 { return }
    if wanted * Float(scale) > Float(field) + 1 {
      let allowed = FixedPoint.value(field, perUnit: scale)
      list.append(LinkMismatch(kind, joint: joint, found: allowed, expected: wanted))
    }
  }
}
