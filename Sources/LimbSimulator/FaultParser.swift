/// A `--fault` that cannot be understood: where, what was found, what was expected.
package struct FaultSyntaxError: Error, Equatable, CustomStringConvertible {
  /// The whole specification.
  package let specification: String
  /// The part at fault: the name, `@`, or a key.
  package let place: String
  /// What stands there.
  package let found: String
  /// What could stand there.
  package let expected: String

  /// One line that quotes the specification and the place in it.
  package var description: String {
    "--fault \"\(specification)\": \(place): found \(found), expected \(expected)"
  }
}

/// Reads `NAME[@TIME][:KEY=VALUE]…` into a `ScheduledFault`; `FaultParser.help` is the grammar for people.
package struct FaultParser {
  private let specification: String
  private let jointNames: [String]
  private var values: [String: String] = [:]

  /// The grammar, for `--help`.
  package static let help = """
    FAULT: NAME[@TIME][:KEY=VALUE]…, on the device's clock. For instance
    drop@12.5s:for=0.2s, or corrupt:rate=0.01, or unplug@20s:for=2s:every=60s
      drop, corrupt, duplicate  frames on the line; rate=0…1 (default 1),
                                to=host|device (default host)
      delay:ms=N                frames come N ms late; rate=, to=
      garbage:bytes=N           N random bytes, once; to=
      unplug, replug            the cable; lockstep: silence both ways
      firmware-reset            the firmware begins anew
      frozen-imu                attitude, gyro, accelerometer stand still
      brown-out:v=N             the supply falls to N volts
      over-temperature:joint=J:c=N  a motor is N °C hot
      stuck-joint:joint=J       a joint is jammed
      encoder-loss:joint=J      a joint's angle is not a number
      estop-button, button      somebody presses it
    TIME is 12.5s, 300ms or 12.5 (seconds); without it: from the start.
    for=TIME: how long (default: for ever). every=TIME: again and again, needs
    for=, except for what happens at an instant. J is a joint's name, or its
    number in the profile's order, from 0.
    """

  /// Reads one specification. `jointNames` are the profile's, in its order.
  package static func parse(_ text: String, jointNames: [String]) throws(FaultSyntaxError) -> ScheduledFault {
    var parser = FaultParser(specification: text, jointNames: jointNames)
    return try parser.parse()
  }

  private init(specification: String, jointNames: [String]) {
    self.specification = specification
    self.jointNames = jointNames
  }

  private mutating func parse() throws(FaultSyntaxError) -> ScheduledFault {
    let parts = specification.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let head = parts[0].split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    for part in parts.dropFirst() { try takePair(part) }
    let fault = try fault(named: head[0])
    var scheduled = ScheduledFault(fault)
    if head.count == 2 { scheduled.start = try milliseconds(head[1], place: "@") }
    scheduled.duration = try duration("for")
    scheduled.every = try duration("every")
    try checkTimes(scheduled)
    if let key = values.keys.min() {
      throw error(key, found: "\(key)=", expected: "no such key for \(head[0])")
    }
    return scheduled
  }

  private mutating func takePair(_ part: String) throws(FaultSyntaxError) {
    let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard pair.count == 2, !pair[0].isEmpty, !pair[1].isEmpty else {
      throw error("after :", found: quoted(part), expected: "KEY=VALUE")
    }
    guard values.updateValue(pair[1], forKey: pair[0]) == nil else {
      throw error(pair[0], found: "it twice", expected: "it once")
    }
  }

  private mutating func fault(named name: String) throws(FaultSyntaxError) -> Fault {
    switch name {
    case "drop": return .drop(try share())
    case "corrupt": return .corrupt(try share())
    case "duplicate": return .duplicate(try share())
    case "delay": return .delay(try share(), milliseconds: try whole("ms", 1...10_000))
    case "garbage": return .garbage(try direction(), bytes: try whole("bytes", 1...4096))
    case "frozen-imu": return .frozenInertialUnit
    case "brown-out": return .brownOut(volts: try number("v", 0...100))
    case "firmware-reset": return .firmwareReset
    case "unplug": return .unplug
    case "replug": return .replug
    case "estop-button": return .emergencyStopButton
    case "button": return .button
    case "stuck-joint": return .stuckJoint(try joint())
    case "encoder-loss": return .encoderLoss(joint: try joint())
    case "over-temperature": return .overTemperature(joint: try joint(), celsius: try number("c", -40...200))
    default:
      throw error("name", found: quoted(name), expected: "one of " + Self.names.joined(separator: ", "))
    }
  }

  /// Every name, for messages.
  package static let names = [
    "drop", "corrupt", "duplicate", "delay", "garbage", "unplug", "replug", "firmware-reset", "frozen-imu", "brown-out",
    "over-temperature", "stuck-joint", "encoder-loss", "estop-button", "button",
  ]

  private func checkTimes(_ scheduled: ScheduledFault) throws(FaultSyntaxError) {
    if scheduled.fault.isInstant && scheduled.duration != nil {
      throw error("for", found: "a duration", expected: "none: this happens at an instant")
    }
    guard let every = scheduled.every else { return }
    if scheduled.fault.isInstant { return }
    guard let duration = scheduled.duration else { throw error("for", found: "nothing", expected: "for=, with every=") }
    if duration >= every {
      throw error("every", found: "\(every) ms", expected: "more than for=, which is \(duration) ms")
    }
  }

  private mutating func share() throws(FaultSyntaxError) -> LineShare {
    var share = LineShare(to: try direction())
    if values["rate"] != nil {
      share.rate = Float(try number("rate", 0...1))
      guard share.rate > 0 else { throw error("rate", found: "0", expected: "more than 0, at most 1") }
    }
    return share
  }

  private mutating func direction() throws(FaultSyntaxError) -> LineDirection {
    guard let text = values.removeValue(forKey: "to") else { return .host }
    guard let direction = LineDirection(rawValue: text) else {
      throw error("to", found: quoted(text), expected: "host or device")
    }
    return direction
  }

  private mutating func joint() throws(FaultSyntaxError) -> Int {
    let last = jointNames.count - 1
    let expected = "a joint's name, or its number from 0 to \(last)"
    guard let text = values.removeValue(forKey: "joint") else {
      throw error("joint", found: "nothing", expected: expected)
    }
    if let index = jointNames.firstIndex(of: text) { return index }
    guard let index = Int(text), jointNames.indices.contains(index) else {
      throw error("joint", found: quoted(text), expected: expected)
    }
    return index
  }

  private mutating func whole(_ key: String, _ range: ClosedRange<Int>) throws(FaultSyntaxError) -> Int {
    let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = values.removeValue(forKey: key) else { throw error(key, found: "nothing", expected: expected) }
    guard let value = Int(text), range.contains(value) else {
      throw error(key, found: quoted(text), expected: expected)
    }
    return value
  }

  private mutating func number(_ key: String, _ range: ClosedRange<Double>) throws(FaultSyntaxError) -> Double {
    let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
    guard let text = values.removeValue(forKey: key) else { throw error(key, found: "nothing", expected: expected) }
    guard let value = Double(text), range.contains(value) else {
      throw error(key, found: quoted(text), expected: expected)
    }
    return value
  }

  private mutating func duration(_ key: String) throws(FaultSyntaxError) -> UInt64? {
    guard let text = values.removeValue(forKey: key) else { return nil }
    let value = try milliseconds(text, place: key)
    guard value > 0 else { throw error(key, found: quoted(text), expected: "at least 1ms") }
    return value
  }

  private func milliseconds(_ text: String, place: String) throws(FaultSyntaxError) -> UInt64 {
    var digits = text
    var factor = 1000.0
    if digits.hasSuffix("ms") {
      digits.removeLast(2)
      factor = 1
    } else if digits.hasSuffix("s") {
      digits.removeLast()
    }
    // A month bounds it well inside the integers.
    guard let value = Double(digits), value >= 0, value * factor <= 2_678_400_000 else {
      throw error(place, found: quoted(text), expected: "a time such as 12.5s, 300ms or 12.5")
    }
    return UInt64((value * factor).rounded())
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }

  private func error(_ place: String, found: String, expected: String) -> FaultSyntaxError {
    FaultSyntaxError(specification: specification, place: place, found: found, expected: expected)
  }
}
