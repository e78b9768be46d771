/// The cross-checks of `limbd check`: pure, offline, all findings at once.
///
/// The loader has made sure that every value is sound by itself; here values are held against each other. What only
/// the device can say (its CAPS) is checked when it is connected; whether the disk holds the replay store, by
/// whoever knows the disk and the size of a record.
package enum ProfileCheck {
  /// Every finding, errors first, then in the order of the file.
  package static func findings(of profile: RobotProfile) -> [ProfileFinding] {
    var list = FindingList(profile)
    checkTiming(&list)
    checkBus(&list)
    checkAction(&list)
    checkGains(&list)
    checkStops(&list)
    checkSymmetry(&list)
    checkStance(&list)
    checkObservation(&list)
    checkReward(&list)
    checkEpisodes(&list)
    checkGoal(&list)
    checkLearning(&list)
    checkSimulation(&list)
    return list.findings.enumerated().sorted { a, b in
      (a.element.severity == .error ? 0 : 1, a.element.location.line, a.element.location.column, a.offset)
        < (b.element.severity == .error ? 0 : 1, b.element.location.line, b.element.location.column, b.offset)
    }.map(\.element)
  }
}
