internal import LimbControl
internal import LimbDevices
internal import LimbProfile
internal import LimbRealtime
internal import Logging
internal import Synchronization

/// Promise S9: a real robot is armed only where a person has confirmed its signs, zeros and IMU.
extension RobotRun {
  /// Before anything turns: nothing real may be armed until its calibration was found.
  func demandCalibration() {
    if !profile.link.isSimulated { board.block(.notCalibrated, true) }
  }

  /// Operations, once a device has answered, and now and then while it is not confirmed: a person may be at it in another
  /// terminal. Control has taken the permission away at the handshake, so that another device never has the one of the last.
  func lookForCalibration(_ identity: DeviceIdentity, isNew: Bool) -> Bool {
    let uuid = identity.uuidText
    deviceUUID.withLock { $0 = uuid }
    guard !profile.link.isSimulated else { return true }
    let record = CalibrationRecord.newest(uuid: uuid, profilePath: options.profile)
    let isConfirmed = record?.hash == profile.calibrationHash
    if isConfirmed {
      board.block(.notCalibrated, false)
      if let record { log.notice("device \(uuid): calibration confirmed \(record.date), \(record.way.rawValue)") }
    } else if isNew {
      let why = record == nil
        ? "nobody has confirmed its signs, zeros and IMU" : "signs, zeros, gears or the IMU's mounting have changed since \(record?.date ?? "")"
      log.warning("device \(uuid) cannot be armed: \(why); stop limbd and run: limbd calibrate \(options.profile)")
    }
    return isConfirmed
  }
}
