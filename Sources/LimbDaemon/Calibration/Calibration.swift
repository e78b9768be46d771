internal import Glibc
package import LimbProfile
internal import LimbTask
internal import LimbTypes

/// `limbd calibrate`: a person's hands, the robot's sensors, and what the profile says they must show (promise S9). Motors are
/// off all the time; nothing is sent that could power them.
package struct Calibration {
  private let profile: RobotProfile
  private let path: String
  private let port: String
  private let say: (String) -> Void
  /// The person's next line; nil: there is no more. Must not wait: it is asked again and again while the robot is listened to.
  private let answer: () -> String??

  /// - Parameters:
  ///   - path: the profile's file; the record comes beside it.
  ///   - say: shows a line to the person.
  ///   - answer: nil while nothing was typed, `.some(nil)` at the end of input, else the line.
  package init(
    profile: RobotProfile, path: String, port: String, say: @escaping (String) -> Void, answer: @escaping () -> String??
  ) {
    self.profile = profile
    self.path = path
    self.port = port
    self.say = say
    self.answer = answer
  }

  /// The UUID of the device at a port; blocks for some seconds at most.
  package static func device(profile: RobotProfile, port: String) throws(DaemonError) -> String {
    var line = try CalibrationLine(profile: profile, port: port)
    _ = try line.listen { true }
    return line.uuid
  }

  /// Goes through every look; each is done again until it is right. Writes the record at the end and gives the device's UUID.
  package func run() throws(DaemonError) -> String {
    let plan: ControlPlan
    do throws(TaskError) { plan = try ControlPlan(profile: profile) } catch { throw .part(name: "profile", reason: "\(error)") }
    let judge = CalibrationJudge(profile: profile, kinematics: plan.kinematics)
    // Told before a person has turned twelve joints.
    try CalibrationRecord.requireWritable(profilePath: path)
    var line = try CalibrationLine(profile: profile, port: port)
    var last = try line.listen { true }
    guard !last.flags.contains(.motorsEnabled) else {
      throw .port(reason: "\(port): the device's motors are powered; let it stop first", exitCode: 69)
    }
    say("robot \(profile.robot.name) on \(port), device \(line.uuid). Motors are off and stay off. Support the robot; Ctrl-C ends this.")
    let count = profile.jointCount + (profile.imu == nil ? 1 : 4)
    var number = 0
    func ask(_ text: String) { say("\(number)/\(count) \(text), then press Enter.") }
    if profile.imu != nil {
      let looks: [(String, (SensorFrame) -> CalibrationJudge.Verdict)] = [
        ("Stand the robot level", judge.level), ("Raise its nose by some 30° and hold it", judge.noseUp),
        ("Raise its left side by some 30° and hold it", judge.leftUp),
      ]
      for (text, look) in looks {
        number += 1
        try repeated(&line, &last, { ask(text) }) { _, frame in look(frame) }
      }
    }
    for (joint, own) in profile.joints.enumerated() {
      number += 1
      try repeated(&line, &last, { ask("\(own.name): turn it by some 30°, \(judge.describesTurn(joint))") }) {
        judge.turned(joint, from: $0.jointPositionRadians, to: $1.jointPositionRadians)
      }
    }
    number += 1
    let stance = profile.joints.map { "\($0.name) \($0.nominalRadians)" }.joined(separator: ", ")
    try repeated(&line, &last, { ask("Hold every joint at its nominal angle (\(stance))") }) {
      judge.stance($1.jointPositionRadians)
    }
    let uuid = line.uuid
    try CalibrationRecord(uuid: uuid, profile: profile, way: .guided).append(profilePath: path)
    say("Confirmed, and written to \(CalibrationRecord.path(profile: path)). The motors' own direction is not tried here: go on at 10 % power on a stand.")
    return uuid
  }

  /// One look, again until it is right. What the robot showed at the end of a look is where the next one begins.
  private func repeated(
    _ line: inout CalibrationLine, _ last: inout SensorFrame, _ ask: () -> Void,
    _ judge: (SensorFrame, SensorFrame) -> CalibrationJudge.Verdict
  ) throws(DaemonError) {
    while true {
      ask()
      var typed: String??
      let frame = try line.listen {
        typed = answer()
        return typed != nil
      }
      guard case .some(.some) = typed else { throw .port(reason: "calibration was not finished: nothing is confirmed", exitCode: 1) }
      let verdict = judge(last, frame)
      last = frame
      switch verdict {
      case .right:
        say("   right")
        return
      case .wrong(let text): say("   wrong: \(text)")
      }
    }
  }
}
