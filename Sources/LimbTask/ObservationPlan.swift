package import LimbProfile
package import LimbTypes

/// The most terms that one observation may have.
package var observationTermCapacity: Int { @_noLocks get { 16 } }

/// What the policy sees: which numbers make one frame, and how they are scaled for the network.
///
/// A frame is stored in raw units (`gather`); scale and clip come when a network reads it (`scale`), by this one
/// function live and at sampling. An input of the network is `history` scaled frames, the oldest first, newest last.
package struct ObservationPlan: BitwiseCopyable, Sendable {
  /// One term and its place in the frame.
  package struct Term: BitwiseCopyable, Sendable {
    /// What the term measures.
    package let kind: ObservationTermKind
    /// Index of its first number in the frame.
    package let start: Int
    /// How many numbers.
    package let width: Int
  }

  /// Terms in use.
  package let termCount: Int
  /// Numbers in one frame, 1 … observationFrameCapacity.
  package let frameWidth: Int
  /// Frames in one input, the present one included.
  package let history: Int
  /// Numbers in one input: `frameWidth` · `history`.
  package let inputWidth: Int
  private let terms: InlineArray<16, Term>
  private let scales: InlineArray<128, Float>
  private let clips: InlineArray<128, Float>
  private let nominalRadians: JointVector

  init(_ profile: RobotProfile) throws(TaskError) {
    let description = profile.observation
    try check(description.terms.count, path: "observation.terms", capacity: observationTermCapacity)
    var terms = InlineArray<16, Term>(repeating: Term(kind: .jointPosition, start: 0, width: 0))
    var scales = InlineArray<128, Float>(repeating: 1)
    var clips = InlineArray<128, Float>(repeating: 0)
    var width = 0
    for (index, term) in description.terms.enumerated() {
      let path = "observation.terms[\(index)]"
      let count = try ObservationPlan.width(of: term.kind, profile, path: path)
      try check(width + count, path: path, capacity: observationFrameCapacity)
      terms[index] = Term(kind: term.kind, start: width, width: count)
      for place in width..<width + count {
        scales[place] = Float(term.scale)
        clips[place] = Float(term.clip)
      }
      width += count
    }
    var nominal = JointVector()
    for (index, joint) in profile.joints.enumerated() { nominal[index] = Float(joint.nominalRadians) }
    termCount = description.terms.count
    frameWidth = width
    history = description.history
    inputWidth = width * description.history
    self.terms = terms
    self.scales = scales
    self.clips = clips
    nominalRadians = nominal
  }

  private static func width(
    of kind: ObservationTermKind, _ profile: RobotProfile, path: String
  ) throws(TaskError) -> Int {
    switch kind {
    case .jointPosition, .jointVelocity, .jointTorque, .appliedTarget: return profile.jointCount
    case .rollPitch: return 2
    case .gravity, .angularVelocity, .baseVelocity: return 3
    case .footContact:
      let legs = profile.kinematics.legs.count
      if legs == 0 { throw .missing(path: path, needs: "kinematics.legs") }
      return legs
    case .previousAction: return profile.actionCount
    case .handPosition:
      if profile.kinematics.arm == nil { throw .missing(path: path, needs: "kinematics.arm") }
      return 3
    case .goalPosition, .goalError:
      if profile.task.goal == nil { throw .missing(path: path, needs: "task.goal") }
      if kind == .goalError, profile.kinematics.arm == nil { throw .missing(path: path, needs: "kinematics.arm") }
      return 3
    }
  }

  /// Term `index`, 0 ..< termCount.
  @_noLocks package func term(_ index: Int) -> Term { terms[index] }

  /// Fills one frame in raw SI units.
  ///
  /// - Parameters:
  ///   - goal: the hand's goal, metres in the base frame; ignored without goal terms.
  ///   - previousAction: the policy's last output in [−1, 1]; zero before the first of an episode.
  ///   - appliedTarget: joint targets in force, after filter and envelope, radians.
  @_noLocks package func gather(
    state: RobotState, goal: Vector3, previousAction: ActionVector, appliedTarget: JointVector,
    into frame: inout ObservationFrame
  ) {
    var index = 0
    while index < termCount {
      let term = terms[index]
      switch term.kind {
      case .jointPosition: copy(state.jointPositionRadians, relative: true, term, &frame)
      case .jointVelocity: copy(state.jointVelocityRadiansPerSecond, relative: false, term, &frame)
      case .jointTorque: copy(state.jointTorqueNewtonMeters, relative: false, term, &frame)
      case .appliedTarget: copy(appliedTarget, relative: true, term, &frame)
      case .rollPitch:
        frame[term.start] = state.rollRadians
        frame[term.start + 1] = state.pitchRadians
      case .gravity: copy(gravity(state), term, &frame)
      case .angularVelocity: copy(state.angularVelocityRadiansPerSecond, term, &frame)
      case .baseVelocity: copy(state.baseVelocityMetersPerSecond, term, &frame)
      case .footContact:
        var foot = 0
        while foot < term.width {
          frame[term.start + foot] = state.contacts & (1 << UInt8(foot)) != 0 ? 1 : 0
          foot += 1
        }
      case .previousAction:
        var output = 0
        while output < term.width {
          frame[term.start + output] = previousAction[output]
          output += 1
        }
      case .handPosition: copy(state.handPositionMeters, term, &frame)
      case .goalPosition: copy(goal, term, &frame)
      case .goalError: copy(goal - state.handPositionMeters, term, &frame)
      }
      index += 1
    }
    frame.count = Int32(frameWidth)
  }

  /// Scales and clips one frame: `frameWidth` raw numbers in, as many for the network out. A number that is not finite
  /// stays so (NaN) or is clipped (±∞).
  @_noLocks package func scale(raw: UnsafePointer<Float>, into input: UnsafeMutablePointer<Float>) {
    // Through pointers: reading one entry of an inline array that is part of `self` copies the whole array first.
    unsafe withUnsafePointer(to: scales) { scales in
      unsafe withUnsafePointer(to: clips) { clips in
        unsafe ObservationPlan.scale(
          raw: raw, count: frameWidth, by: UnsafeRawPointer(scales).assumingMemoryBound(to: Float.self),
          clips: UnsafeRawPointer(clips).assumingMemoryBound(to: Float.self), into: input)
      }
    }
  }

  /// The equation of `scale`: min(max(raw · scale, −clip), clip) for `count` numbers. For readers that scale many
  /// frames and keep `copyScales` in memory of their own.
  @_noLocks package static func scale(
    raw: UnsafePointer<Float>, count: Int, by scales: UnsafePointer<Float>, clips: UnsafePointer<Float>,
    into input: UnsafeMutablePointer<Float>
  ) {
    var index = 0
    while index < count {
      let value = unsafe raw[index] * scales[index]
      let clip = unsafe clips[index]
      unsafe input[index] = value > clip ? clip : (value < -clip ? -clip : value)
      index += 1
    }
  }

  /// Writes `frameWidth` scales and as many clips.
  package func copyScales(into scales: UnsafeMutablePointer<Float>, clips: UnsafeMutablePointer<Float>) {
    for index in 0..<frameWidth {
      unsafe scales[index] = self.scales[index]
      unsafe clips[index] = self.clips[index]
    }
  }

  /// Scales and clips one frame into `frameWidth` numbers.
  @_noLocks package func scale(frame: ObservationFrame, into input: UnsafeMutablePointer<Float>) {
    var index = 0
    while index < frameWidth {
      let value = frame[index] * scales[index]
      let clip = clips[index]
      unsafe input[index] = value > clip ? clip : (value < -clip ? -clip : value)
      index += 1
    }
  }

  /// The direction of gravity in the body frame: the world's −z, turned back by pitch and roll.
  @_noLocks private func gravity(_ state: RobotState) -> Vector3 {
    let sr = PortableMath.sin(state.rollRadians)
    let cr = PortableMath.cos(state.rollRadians)
    let sp = PortableMath.sin(state.pitchRadians)
    let cp = PortableMath.cos(state.pitchRadians)
    return Vector3(sp, -sr * cp, -cr * cp)
  }

  @_noLocks private func copy(_ vector: Vector3, _ term: Term, _ frame: inout ObservationFrame) {
    frame[term.start] = vector.x
    frame[term.start + 1] = vector.y
    frame[term.start + 2] = vector.z
  }

  @_noLocks private func copy(_ vector: JointVector, relative: Bool, _ term: Term, _ frame: inout ObservationFrame) {
    var joint = 0
    while joint < term.width {
      frame[term.start + joint] = relative ? vector[joint] - nominalRadians[joint] : vector[joint]
      joint += 1
    }
  }
}
