internal import LimbTypes

extension RobotProfile {
  /// The most numbers one frame of an observation may have: what a record stores.
  package static var observationFrameLimit: Int { observationFrameCapacity }

  /// How many numbers a term has on this robot.
  package func width(of kind: ObservationTermKind) -> Int {
    switch kind {
    case .jointPosition, .jointVelocity, .jointTorque, .appliedTarget: jointCount
    case .previousAction: actionCount
    case .rollPitch: 2
    case .gravity, .angularVelocity, .baseVelocity, .handPosition, .goalPosition, .goalError: 3
    case .footContact: kinematics.legs.count
    }
  }

  /// How many numbers one frame of the observation has.
  package var observationFrameWidth: Int {
    observation.terms.map { width(of: $0.kind) }.reduce(0, +)
  }
}
