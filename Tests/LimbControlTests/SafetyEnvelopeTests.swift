import LimbTestSupport
import LimbTypes
import Testing

@testable import LimbControl

@Suite struct SafetyEnvelopeTests {
  @Test("whatever a policy asks for, the command is finite and inside position, slew, torque and power limits")
  func propertiesHold() {
    let limits = quadLimits()
    var envelope = SafetyEnvelope(limits: limits)
    var command = JointCommand()
    var refused = 0
    for index in 0..<CaseScale.cases(100_000) {
      var request = JointTargets()
      var measured = JointVector()
      var speed = JointVector()
      let isTame = index % 3 != 0  // otherwise one of forty numbers is nearly always not finite
      for joint in 0..<8 {
        let wild = nastyNumber(index, joint)
        request.positionRadians[joint] = isTame && !wild.isFinite ? 0.1 : wild
        request.stiffness[joint] = 18
        request.damping[joint] = 0.6
        let push = nastyNumber(index, 20 + joint)
        request.feedForwardNewtonMeters[joint] = isTame && !push.isFinite ? 0 : push
        let word = Philox.uniforms(seed: 9, stream: .test, counter: UInt64(index), lane: UInt32(joint))
        measured[joint] = (word.x - 0.5) * 3
        speed[joint] = (word.y - 0.5) * 60
      }
      if index % 97 == 0 { envelope.seed(measured) }
      let before = envelope.appliedRadians
      let power = Float(10 + index % 91)
      let limited = envelope.apply(
        request, measuredRadians: measured, measuredRadiansPerSecond: speed, slewRadiansPerSecond: 18,
        powerPercent: power, to: &command)
      if limited.contains(.nonFinite) {
        refused += 1
        var unchanged = true
        for joint in 0..<8 where envelope.appliedRadians[joint] != before[joint] { unchanged = false }
        #expect(unchanged, "a refused request must not move the target (case \(index))")
        continue
      }
      var fault = ""
      for joint in 0..<8 {
        let target = command.targets.positionRadians[joint]
        let moved = (target - before[joint]).magnitude
        if !target.isFinite { fault = "target" }
        if moved > 18 * 0.002 + 1e-6 { fault = "slew \(moved)" }
        let was = before[joint]
        let outsideBefore = was < -1.2 || was > 1.2
        if !outsideBefore, target < -1.2 || target > 1.2 { fault = "position \(target)" }
        if was > 1.2, target > was { fault = "outward" }
        if was < -1.2, target < was { fault = "outward" }
        if measured[joint] > 1.2, target > was { fault = "pulled outward" }
        if measured[joint] < -1.2, target < was { fault = "pulled outward" }
        if measured[joint].magnitude > 1.2, moved > 1.5 * 0.002 + 1e-6 { fault = "inward too fast \(moved)" }
        let torque =
          command.targets.stiffness[joint] * (target - measured[joint])
          + command.targets.damping[joint] * (command.targets.velocityRadiansPerSecond[joint] - speed[joint])
          + command.targets.feedForwardNewtonMeters[joint]
        if !(torque.magnitude <= 3.5 * power * 0.01 + 1e-5) { fault = "torque \(torque) at \(power) %" }
        if command.targets.stiffness[joint] < 0 || command.targets.stiffness[joint] > 18 { fault = "kp" }
      }
      #expect(fault.isEmpty, "case \(index): \(fault)")
      if !fault.isEmpty { return }
    }
    #expect(refused > 0)
  }

  @Test(
    "a request with one number that is not finite is refused whole",
    arguments: [Float.nan, .infinity, -.infinity], [0, 7])
  func nonFiniteIsRefused(value: Float, joint: Int) {
    var envelope = SafetyEnvelope(limits: quadLimits())
    var command = JointCommand()
    command.answersTick = 17
    var request = JointTargets()
    request.positionRadians[joint] = value
    let limited = envelope.apply(
      request, measuredRadians: JointVector(), measuredRadiansPerSecond: JointVector(), slewRadiansPerSecond: 18,
      powerPercent: 100, to: &command)
    #expect(limited == .nonFinite)
    #expect(command.mode == .off && command.answersTick == 17)
  }

  @Test("the torque stage scales both gains and the feed-forward by one factor and leaves the target alone")
  func torqueScalesGains() {
    var envelope = SafetyEnvelope(limits: quadLimits())
    var measured = JointVector()
    measured[3] = -0.8
    var seed = JointVector()
    seed[3] = 0.2
    envelope.seed(seed)
    var request = JointTargets()
    request.positionRadians[3] = 0.2
    request.stiffness[3] = 18
    request.damping[3] = 0.5
    request.feedForwardNewtonMeters[3] = 2
    var command = JointCommand()
    let limited = envelope.apply(
      request, measuredRadians: measured, measuredRadiansPerSecond: JointVector(), slewRadiansPerSecond: 18,
      powerPercent: 100, to: &command)
    #expect(limited == .torque)
    #expect(command.targets.positionRadians[3] == 0.2)
    let factor = command.targets.stiffness[3] / 18
    #expect((factor - 3.5 / 20).magnitude < 1e-4)
    #expect((command.targets.damping[3] - 0.5 * factor).magnitude < 1e-6)
    #expect((command.targets.feedForwardNewtonMeters[3] - 2 * factor).magnitude < 1e-5)
  }

  @Test("a joint outside its range comes back at ramp speed, and the target never jumps on the way")
  func comesBackInward() {
    var envelope = SafetyEnvelope(limits: quadLimits())
    var measured = JointVector()
    measured[0] = 1.5
    envelope.seed(measured)
    var request = JointTargets()
    request.stiffness[0] = 18
    var command = JointCommand()
    var last: Float = 1.5
    for _ in 0..<1200 {
      _ = envelope.apply(
        request, measuredRadians: measured, measuredRadiansPerSecond: JointVector(), slewRadiansPerSecond: 18,
        powerPercent: 100, to: &command)
      let target = command.targets.positionRadians[0]
      if measured[0] > 1.2 {
        #expect(target <= last && last - target <= 0.003 + 1e-6)
      }
      last = target
      measured[0] = target
    }
    #expect(last == 0)
  }

  @Test("coasting keeps target and gains and drops velocity and feed-forward")
  func coastKeepsTarget() {
    var envelope = SafetyEnvelope(limits: quadLimits())
    var request = JointTargets()
    request.positionRadians[1] = 0.01
    request.velocityRadiansPerSecond[1] = 1
    request.feedForwardNewtonMeters[1] = 1
    request.stiffness[1] = 10
    request.damping[1] = 0.3
    var command = JointCommand()
    _ = envelope.apply(
      request, measuredRadians: JointVector(), measuredRadiansPerSecond: JointVector(), slewRadiansPerSecond: 18,
      powerPercent: 50, to: &command)
    var coasted = JointCommand()
    envelope.coast(&coasted)
    #expect(coasted.isCoasting && coasted.mode == .run)
    #expect(coasted.targets.positionRadians[1] == 0.01)
    #expect(coasted.targets.stiffness[1] == 5 && coasted.targets.damping[1] == 0.15)
    #expect(coasted.targets.velocityRadiansPerSecond[1] == 0 && coasted.targets.feedForwardNewtonMeters[1] == 0)
  }

  @Test("damping has no stiffness, and the next motion starts at the measured angles")
  func dampSeeds() {
    var envelope = SafetyEnvelope(limits: quadLimits())
    var measured = JointVector()
    measured[2] = 0.7
    var command = JointCommand()
    envelope.damp(measuredRadians: measured, &command)
    #expect(command.targets.stiffness[2] == 0 && command.targets.damping[2] == 0.6)
    #expect(envelope.appliedRadians[2] == 0.7)
    envelope.off(measuredRadians: measured, &command)
    #expect(command.mode == .off && command.targets.positionRadians[2] == 0.7 && command.targets.damping[2] == 0)
  }
}
