extension ProfileCheck {
  /// period < coast < time-to-live ≤ 200 ms (docs/architecture.md, Time), and rates that exist.
  static func checkTiming(_ list: inout FindingList) {
    let control = list.profile.control
    let coast = list.profile.safety.coastMilliseconds
    let period = 1000 / Double(control.rateHertz)
    let timeToLive = control.commandTimeToLiveMilliseconds
    if Double(coast) <= period {
      list.error(
        "safety.coast_ms",
        "\(coast) ms is not longer than the period of \(FindingList.round(period)) ms (control.rate_hz "
          + "\(control.rateHertz)): every late frame would stop the robot")
    }
    if coast >= timeToLive {
      list.error(
        "safety.coast_ms",
        "\(coast) ms is not shorter than control.command_ttl_ms \(timeToLive) ms: "
          + "the device would stop before limbd has stopped coasting")
    }
    let divisor = Int((1000 / Double(control.rateHertz)).rounded())
    let granted = Int((1000 / Double(divisor)).rounded())
    if list.profile.link.driver == .limbLink, granted != control.rateHertz {
      let below = 1000.0 / Double(divisor + 1)
      list.error(
        "control.rate_hz",
        "\(control.rateHertz) Hz is not a rate of limb-link, which sends every k-th of 1000 samples a second: "
          + "\(granted) or \(Int(below.rounded())) Hz")
    }
    let policy = control.policyRateHertz
    if policy > 100 {
      list.warning(
        "control.policy_every",
        "\(FindingList.round(policy)) decisions a second: learning on robots is known to work at 10 to 50")
    } else if policy < 5 {
      list.warning(
        "control.policy_every", "\(FindingList.round(policy)) decisions a second: too few to balance by")
    }
    if let cutoff = list.profile.action.lowPassHertz, cutoff >= Double(control.rateHertz) / 2 {
      list.error(
        "action.low_pass_hz",
        "\(FindingList.round(cutoff)) Hz is not below half of control.rate_hz \(control.rateHertz) Hz")
    }
  }

  /// No direction of the line carries more than 70 % of what its speed allows.
  static func checkBus(_ list: inout FindingList) {
    let budget = BusBudget(list.profile)
    for (name, frame) in [("sensor", budget.sensor), ("command", budget.command)] where frame.share > 0.7 {
      let needed = Int((Double(frame.bitsPerSecond) / 0.7).rounded(.up))
      list.error(
        "link.baud",
        "\(name) frames of \(frame.bytes) bytes at \(list.profile.control.rateHertz) Hz need "
          + "\(frame.bitsPerSecond) of \(list.profile.link.baud) bit/s, \(frame.percent) %; at most 70 % can be "
          + "relied on: \(needed) baud or \(budget.highestRateHertz) Hz")
    }
  }

  /// What the targets may ask for against what the slew limit lets through.
  static func checkAction(_ list: inout FindingList) {
    let profile = list.profile
    let slew = profile.safety.slewRadiansPerSecond
    let jump = profile.largestJumpRadians
    if let cutoff = profile.action.lowPassHertz {
      if cutoff >= Double(profile.control.rateHertz) / 2 { return }
      // Steepest slope of the step response of a second-order Butterworth low-pass: 0.456 · 2π·f_c.
      let peak = 0.456 * 2 * Double.pi * cutoff * jump
      if peak > slew {
        list.warning(
          "safety.slew_rad_s",
          "\(FindingList.round(slew)) rad/s is below the \(FindingList.round(peak)) rad/s that "
            + "\(FindingList.round(jump)) rad through action.low_pass_hz \(FindingList.round(cutoff)) Hz can ask for "
            + "(0.456·2π·f_c·change): the envelope will cut the policy's fast moves")
      }
    } else if jump / slew > profile.control.stepSeconds {
      list.warning(
        "safety.slew_rad_s",
        "\(FindingList.round(jump)) rad take \(FindingList.round(jump / slew * 1000)) ms at "
          + "\(FindingList.round(slew)) rad/s, longer than a step of "
          + "\(FindingList.round(profile.control.stepSeconds * 1000)) ms")
    }
    checkReach(&list)
  }

  /// Offsets that end outside a joint's range are clamped there: the policy cannot feel its way beyond.
  private static func checkReach(_ list: inout FindingList) {
    let action = list.profile.action
    guard action.kind == .jointOffset else { return }
    for (index, scale) in zip(action.jointIndices, action.scaleRadians) {
      let joint = list.profile.joints[index]
      let low = joint.nominalRadians - scale
      let high = joint.nominalRadians + scale
      if low < joint.positionRadians.lowerBound - 1e-9 || high > joint.positionRadians.upperBound + 1e-9 {
        list.warning(
          "action.scale_rad",
          "\(joint.name): nominal ± scale is \(FindingList.round(low)) to \(FindingList.round(high)) rad, beyond "
            + "position_rad \(FindingList.round(joint.positionRadians.lowerBound)) to "
            + "\(FindingList.round(joint.positionRadians.upperBound)) rad")
      }
    }
  }
}
