package import LimbProfile

/// All `--fault`s of a run, and which of them act at an instant of the device's clock. A value without state: every
/// answer is a function of the millisecond.
package struct FaultSchedule: Equatable, Sendable {
  /// In the order in which they were given.
  package let faults: [ScheduledFault]

  /// The faults of a run; none by default.
  package init(_ faults: [ScheduledFault] = []) { self.faults = faults }

  /// Reads every specification; the first that cannot be understood is thrown.
  package init(parsing specifications: [String], jointNames: [String]) throws(FaultSyntaxError) {
    var faults: [ScheduledFault] = []
    for text in specifications { faults.append(try FaultParser.parse(text, jointNames: jointNames)) }
    self.faults = faults
  }

  /// Whether anything of the robot itself ever goes wrong, so that a run without faults skips the search.
  package var isEmpty: Bool { faults.isEmpty }

  /// True if the cable is pulled: the newest of unplug and replug that has happened decides.
  package func isUnplugged(at millisecond: UInt64) -> Bool {
    var latest: UInt64 = 0
    var unplugged = false
    for scheduled in faults where millisecond >= scheduled.start {
      switch scheduled.fault {
      case .unplug where scheduled.isActive(at: millisecond):
        if scheduled.start >= latest {
          latest = scheduled.start
          unplugged = true
        }
      case .replug where scheduled.start >= latest:
        latest = scheduled.start
        unplugged = false
      default: break
      }
    }
    return unplugged
  }

  /// True in the millisecond in which the firmware begins anew.
  package func resetsFirmware(at millisecond: UInt64) -> Bool {
    faults.contains { $0.fault == .firmwareReset && $0.isActive(at: millisecond) }
  }
}

extension FaultSchedule {
  /// Refuses faults that this robot could not show. `specifications` are those that the schedule was read from.
  package func check(_ specifications: [String], against profile: RobotProfile) throws(FaultSyntaxError) {
    for (text, scheduled) in zip(specifications, faults) {
      let needed: Sensor? =
        switch scheduled.fault {
        case .overTemperature: .motorTemperature
        case .frozenInertialUnit: .imu
        default: nil
        }
      guard let needed, !profile.robot.sensors.contains(needed) else { continue }
      throw FaultSyntaxError(
        specification: text, place: "name", found: "a fault of a sensor that \(profile.robot.name) lacks",
        expected: "\(needed.rawValue) in robot.sensors")
    }
  }
}
