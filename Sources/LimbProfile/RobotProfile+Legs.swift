internal import LimbTypes

/// Leg coordinates of planar legs: swing turns the hip alone; extension turns the knee, and the hip back by a share of it,
/// so that the foot moves along the leg.
extension RobotProfile {
  /// How far the hip turns back a radian of the knee: φ′(k₀) for φ(k) = atan2(b sin k, a + b cos k), thigh a and shank b.
  /// ½ for equal links.
  ///
  /// - Parameters:
  ///   - chain: a leg's, from the body to the foot.
  ///   - knee: its second joint about the lateral axis.
  package func hipShareOfExtension(_ chain: Chain, knee: ChainLink) -> Double {
    let thigh = planarLength(knee.offsetMeters)
    let shank = planarLength(chain.tipMeters)
    let cosine = Double(PortableMath.cos(Float(joints[knee.jointIndex].nominalRadians)))
    return shank * (shank + thigh * cosine) / (thigh * thigh + shank * shank + 2 * thigh * shank * cosine)
  }

  /// The farthest that one change of the action, from −1 to 1 in every output at once, can move a joint's target, radians.
  var largestJumpRadians: Double {
    switch action.kind {
    case .jointDelta: action.scaleRadians.max() ?? 0
    case .jointOffset: 2 * (action.scaleRadians.max() ?? 0)
    case .swingExtension: 2 * largestLegOffsetRadians
    }
  }

  /// A hip moves by all of the swing and its share of the extension.
  private var largestLegOffsetRadians: Double {
    var largest = action.scaleRadians.max() ?? 0
    var output = 0
    for leg in kinematics.legs {
      let lateral = leg.chain.links.filter { abs($0.axis.y) > 0.9 }
      guard lateral.count == 2, output + 1 < action.scaleRadians.count else { return largest }
      let share = abs(hipShareOfExtension(leg.chain, knee: lateral[1]))
      largest = max(largest, action.scaleRadians[output] + share * action.scaleRadians[output + 1])
      output += leg.chain.links.count
    }
    return largest
  }

  /// Length of a link in the sagittal plane, metres.
  private func planarLength(_ v: SIMD3<Double>) -> Double { (v.x * v.x + v.z * v.z).squareRoot() }
}
