internal import LimbExperience

/// What a run finds in its state directory, for a person.
extension RobotRun {
  /// What an earlier run left, for a person; nil in a new state directory.
  var foundState: String? {
    guard firstStep > 0 else { return nil }
    let opening = store.opening
    var text = "\(options.state) holds \(firstStep) steps; this run goes on behind them with episode \(firstEpisode)"
    if opening.tornBytes > 0 { text += "; \(opening.tornBytes) bytes of a record that was never whole were cut off" }
    return text
  }

  /// What of an earlier run cannot be read; nil if all of it can.
  var lostState: String? {
    let damaged = store.opening.damagedSegments
    guard damaged > 0 else { return nil }
    let files = damaged == 1 ? "a segment" : "\(damaged) segments"
    return "\(options.state)/replay: \(files) with a damaged header cannot be read and is left as it is; its steps are not learned from"
  }

  /// What of an earlier run was lived through on what is now another robot: learned from all the same, which a person should know.
  var foreignState: String? {
    let segments = store.opening.otherDynamicsSegments
    guard segments > 0 else { return nil }
    let files = segments == 1 ? "a segment was" : "\(segments) segments were"
    return "\(options.state)/replay: \(files) recorded under other dynamics than the profile's (limits, filter, gains or latency "
      + "have changed since); what happened then is learned from as if it could happen now. For a clean start use another --state"
  }
}
