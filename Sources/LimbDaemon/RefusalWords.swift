internal import LimbControl
internal import LimbDevices
internal import LimbProfile
internal import LimbTypes

/// Why control refused a request, in words for a person: its name in files, what was found and what was expected, and a
/// way out where there is one.
struct RefusalWords {
  private let profile: RobotProfile

  init(_ profile: RobotProfile) { self.profile = profile }

  /// One sentence. `present` is control's state by now; the state that refused stands in the detail.
  func sentence(_ result: RequestResult, detail: Int64, state present: SupervisorCode) -> String {
    let refusing = result == .wrongState && detail != 0 ? UInt8(exactly: detail).flatMap(SupervisorCode.init(rawValue:)) : nil
    let state = refusing ?? present
    return "\(result.name): " + reason(result, detail, state) + (wayOut(result, state).map { "; " + $0 } ?? "")
  }

  private func reason(_ result: RequestResult, _ detail: Int64, _ state: SupervisorCode) -> String {
    switch result {
    case .done: "done"
    case .wrongState: "not possible in state \(state.name)"
    case .notLinked: "no robot answers on \(profile.link.port)"
    case .latchedEmergencyStop: "an e-stop is latched"
    case .latchedFault: "a fault is latched"
    case .deviceLatched: "the device is in state \(deviceState(detail))"
    case .framesMissing: "too few fresh frames in the last half second (\(detail) missing, at most one in twenty may)"
    case .linkLoss: "\(detail) of 1000 frames are lost or damaged, at most 10 may"
    case .voltage:
      detail < 0
        ? "the supply is not measured" : "the supply has \(tenths(detail)) V" + least(profile.safety.voltageMinimumVolts?.stop)
    case .temperature:
      detail == -128
        ? "the motors' temperature is not measured"
        : "a motor has \(detail) °C" + most(profile.safety.temperatureMaximumCelsius?.warn)
    case .jointOutsideRange: outside(detail)
    case .inertialUnitFrozen: "the inertial unit repeats one sample"
    case .notCalibrated: "nobody has confirmed this device's signs, zeros and IMU (limbd calibrate)"
    case .realtimeRefused: "real-time scheduling or locked memory was refused"
    case .learnerInDebt: "updates owed from the last run are paid first"
    case .deviceRefused: answer(detail).reason
    case .deviceSilent: "the device did not answer"
    case .invalidArgument: "the argument is out of its range"
    case .busy: "a request of this kind is under way"
    case .causePresent: "the cause of the fault is still there" + (detail == 0 ? "" : " (fault bits \(detail))")
    case .interrupted: "a stop, an e-stop or the loss of the line came in between"
    case .externalVelocityMissing: "nobody has sent a velocity lately, and estimation.velocity is external"
    case .deadlinesMissed: "control has missed \(detail) deadlines in a row"
    }
  }

  private func wayOut(_ result: RequestResult, _ state: SupervisorCode) -> String? {
    switch (result, state) {
    case (.latchedEmergencyStop, _), (.wrongState, .emergencyStop): "lift it with: limbd clear --estop"
    case (.latchedFault, _), (.wrongState, .fault): "once its cause is gone: limbd clear"
    case (.deviceLatched, _): "limbd clear, or limbd clear --estop after an e-stop"
    case (.wrongState, .paused): "it is armed and rests: limbd resume goes on, limbd disarm ends"
    case (.wrongState, .disarmed): "it is not armed"
    case (.wrongState, .hold): "limbd clear goes on from the hold, limbd disarm lets go"
    case (.wrongState, .ramp), (.wrongState, .coast): "it is armed already: limbd disarm ends"
    case (.wrongState, _) where state.isMoving: "it is armed already: limbd pause rests, limbd disarm ends"
    case (.notLinked, _): "is it powered, and is it the port of limbd check --connect?"
    case (.framesMissing, _), (.linkLoss, _): "see docs/caveats.md on cables, and limbd status for the counters"
    case (.jointOutsideRange, _): "move it inside by hand with the motors off; limbd status shows its angle"
    case (.realtimeRefused, _): "grant LimitRTPRIO and LimitMEMLOCK, as the unit does"
    case (.deadlinesMissed, _): "the machine is overloaded: see limbd bench loop"
    case (.busy, .emergencyStop): "or the line has not taken the e-stop whole yet: see the cable, and ask again"
    case (.busy, _): "see limbd status"
    default: nil
    }
  }

  private func deviceState(_ number: Int64) -> String {
    UInt8(exactly: number).flatMap(DeviceState.init(rawValue:)).map { "\($0.name)" } ?? "\(number)"
  }

  private func joint(_ index: Int64) -> String {
    profile.joints.indices.contains(Int(index)) ? profile.joints[Int(index)].name : "\(index)"
  }

  private func outside(_ index: Int64) -> String {
    guard profile.joints.indices.contains(Int(index)) else { return "joint \(index) is outside position_rad" }
    let range = profile.joints[Int(index)].positionRadians
    return "joint \(joint(index)) is outside position_rad, \(range.lowerBound) to \(range.upperBound)"
  }

  private func answer(_ detail: Int64) -> ServiceAnswer {
    var answer = ServiceAnswer()
    answer.result = UInt8(truncatingIfNeeded: detail)
    answer.detail = UInt16(truncatingIfNeeded: detail >> 8)
    return answer
  }

  private func tenths(_ millivolts: Int64) -> String { "\(Double(millivolts / 100) / 10)" }
  private func least(_ limit: Double?) -> String { limit.map { ", at least \($0) expected" } ?? "" }
  private func most(_ limit: Double?) -> String { limit.map { ", at most \($0) expected" } ?? "" }
}
