internal import Glibc

extension RobotProfile.Chain {
  /// Where the tip is, in the body frame, metres. Off the control path, in double precision: for checks.
  package func tip(anglesRadians angles: [Double]) -> SIMD3<Double> {
    pose(angles).tip
  }

  /// Origin and axis of each hinge, and the tip, in the body frame.
  func pose(_ angles: [Double]) -> (hinges: [(origin: SIMD3<Double>, axis: SIMD3<Double>)], tip: SIMD3<Double>) {
    var hinges: [(origin: SIMD3<Double>, axis: SIMD3<Double>)] = []
    var origin = SIMD3<Double>.zero
    // Columns of the rotation from the link's frame to the body's.
    var frame = (SIMD3<Double>(1, 0, 0), SIMD3<Double>(0, 1, 0), SIMD3<Double>(0, 0, 1))
    func rotated(_ v: SIMD3<Double>) -> SIMD3<Double> { frame.0 * v.x + frame.1 * v.y + frame.2 * v.z }
    for link in links {
      origin += rotated(link.offsetMeters)
      let axis = rotated(link.axis)
      hinges.append((origin, axis))
      let (sine, cosine) = (sin(angles[link.jointIndex]), cos(angles[link.jointIndex]))
      func turned(_ v: SIMD3<Double>) -> SIMD3<Double> {
        // Rodrigues' rotation about the unit vector `axis`.
        v * cosine + axis.cross(v) * sine + axis * (axis.dot(v) * (1 - cosine))
      }
      frame = (turned(frame.0), turned(frame.1), turned(frame.2))
    }
    return (hinges, origin + rotated(tipMeters))
  }
}

extension SIMD3<Double> {
  func dot(_ other: SIMD3<Double>) -> Double { (self * other).sum() }

  func cross(_ other: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(y * other.z - z * other.y, z * other.x - x * other.z, x * other.y - y * other.x)
  }
}

/// Whether a hand reaches the points of a box: damped least squares on the angles, within their ranges, from several
/// starts. It may miss a point that can be reached, never claim one that cannot.
struct ReachSearch {
  let chain: RobotProfile.Chain
  /// The angles that may move, and their ranges.
  private let moving: [(index: Int, range: ClosedRange<Double>)]
  private let nominal: [Double]

  /// Result of covering a box.
  struct Cover {
    var reached = 0
    var tried = 0
    var worst: SIMD3<Double>?
    var worstMissMeters = 0.0
  }

  init(profile: RobotProfile, chain: RobotProfile.Chain) {
    self.chain = chain
    nominal = profile.joints.map(\.nominalRadians)
    moving = chain.jointIndices.filter(profile.action.jointIndices.contains).map { index in
      (index, profile.joints[index].positionRadians)
    }
  }

  /// Tries a regular grid over the box, corners included. A point counts within a quarter of the goal's tolerance.
  func cover(_ goal: RobotProfile.Goal, perAxis: Int) -> Cover {
    var cover = Cover()
    let size = goal.boxMaximumMeters - goal.boxMinimumMeters
    var start = nominal
    for i in 0..<perAxis {
      for j in 0..<perAxis {
        for k in 0..<perAxis {
          let part = SIMD3(Double(i), Double(j), Double(k)) / Double(perAxis - 1)
          let point = goal.boxMinimumMeters + size * part
          let (miss, angles) = nearest(to: point, from: start, enough: goal.toleranceMeters / 4)
          cover.tried += 1
          if miss <= goal.toleranceMeters / 4 {
            cover.reached += 1
            start = angles
          } else if miss > cover.worstMissMeters {
            cover.worst = point
            cover.worstMissMeters = miss
          }
        }
      }
    }
    return cover
  }

  private func nearest(
    to point: SIMD3<Double>, from start: [Double], enough: Double
  ) -> (missMeters: Double, angles: [Double]) {
    var best = (missMeters: Double.infinity, angles: start)
    for attempt in 0..<6 {
      var angles = attempt == 0 ? start : spread(attempt)
      for _ in 0..<60 {
        let pose = chain.pose(angles)
        let error = point - pose.tip
        let miss = error.dot(error).squareRoot()
        if miss < best.missMeters { best = (miss, angles) }
        if miss <= enough { return best }
        improve(&angles, pose.hinges, pose.tip, error)
      }
    }
    return best
  }

  /// Start angles spread over the ranges: the fractional parts of multiples of √2-like numbers, the same every time.
  private func spread(_ attempt: Int) -> [Double] {
    var angles = nominal
    for (position, joint) in moving.enumerated() {
      let turn = Double(attempt) * (0.414_213_562_373 + 0.107_3 * Double(position)) + 0.5
      let part = turn - turn.rounded(.down)
      angles[joint.index] = joint.range.lowerBound + part * (joint.range.upperBound - joint.range.lowerBound)
    }
    return angles
  }

  /// One step Δq = Jᵀ(JJᵀ + λI)⁻¹ e, at most 0.3 rad a joint, then into the ranges.
  private func improve(
    _ angles: inout [Double], _ hinges: [(origin: SIMD3<Double>, axis: SIMD3<Double>)], _ tip: SIMD3<Double>,
    _ error: SIMD3<Double>
  ) {
    var columns: [SIMD3<Double>] = []
    var rows = (SIMD3<Double>(1e-4, 0, 0), SIMD3<Double>(0, 1e-4, 0), SIMD3<Double>(0, 0, 1e-4))
    for joint in moving {
      guard let position = chain.links.firstIndex(where: { $0.jointIndex == joint.index }) else { continue }
      let column = hinges[position].axis.cross(tip - hinges[position].origin)
      columns.append(column)
      rows.0 += column * column.x
      rows.1 += column * column.y
      rows.2 += column * column.z
    }
    // JJᵀ + λI is symmetric and positive definite: Cramer's rule.
    let determinant = rows.0.dot(rows.1.cross(rows.2))
    let weight =
      SIMD3(
        error.dot(rows.1.cross(rows.2)), error.dot(rows.2.cross(rows.0)), error.dot(rows.0.cross(rows.1)))
      / determinant
    for (joint, column) in zip(moving, columns) {
      let step = min(max(column.dot(weight), -0.3), 0.3)
      angles[joint.index] = min(max(angles[joint.index] + step, joint.range.lowerBound), joint.range.upperBound)
    }
  }
}
