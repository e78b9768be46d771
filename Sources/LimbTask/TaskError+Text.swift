extension TaskError: CustomStringConvertible {
  /// One line for a person: the path in the profile, what was found and what is needed.
  package var description: String {
    switch self {
    case .overCapacity(let path, let found, let capacity):
      "\(path): found \(found), at most \(capacity) fit (and at least 1 is needed)"
    case .missing(let path, let needs):
      "\(path): needs \(needs), which the profile does not have"
    case .legNotPlanar(let leg, let lateral, let forward):
      "action.kind: swing_extension needs two joints about y and at most one about x in every leg; "
        + "\(leg) has \(lateral) and \(forward)"
    case .symmetryContradictsKinematics(let chain, let error):
      error.isFinite
        ? "symmetry: the mirrored \(chain) ends \(error) m away from its image in kinematics"
        : "symmetry: \(chain) has no image among the legs"
    case .symmetryContradictsJoint(let joint, let image, let quantity, let found, let expected):
      "symmetry: \(joint) is paired with \(image), whose \(quantity) asks for \(expected), but it has \(found)"
    case .symmetryLacksAction(let output):
      "symmetry: policy output \(output) has no mirror image: its joint's image is not moved, or by another scale_rad"
    }
  }
}
