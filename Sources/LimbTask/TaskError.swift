/// Why a profile cannot be compiled into a plan of fixed capacity. Paths are the profile's.
package enum TaskError: Error, Equatable {
  /// More of something than its fixed storage holds.
  case overCapacity(path: String, found: Int, capacity: Int)
  /// An observation term, reward term or action needs something that the profile does not describe.
  case missing(path: String, needs: String)
  /// `swing_extension` needs legs with two joints about the lateral axis and at most one about the forward axis.
  case legNotPlanar(leg: String, lateralJoints: Int, forwardJoints: Int)
  /// `symmetry` does not mirror the body: foot or hand ends elsewhere, by this many metres.
  case symmetryContradictsKinematics(chain: String, errorMeters: Double)
  /// `symmetry` gives this joint an image with another nominal angle, range or action scale.
  case symmetryContradictsJoint(joint: String, image: String, quantity: String, found: Double, expected: Double)
  /// The mirror image of a policy output is no policy output.
  case symmetryLacksAction(output: Int)
}
