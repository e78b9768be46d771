internal import LimbProfile
package import LimbTask
internal import LimbTypes

/// An open-loop trot: diagonal pairs of feet swing in turn. For tests, demonstrations and a first look at a new robot;
/// no learning ever sees it.
///
/// It speaks the policy's own coordinates: for each leg the linear map from actions to foot displacement at the stance
/// is inverted in the least-norm sense, J⁺ = Jᵀ (J Jᵀ)⁻¹, so it works for every action kind that has a stance. An arm
/// gets zero actions.
package struct ScriptedGait: BitwiseCopyable, Sendable {
  /// Steps of each foot a second.
  package var frequencyHertz: Float = 2
  /// Length of a step.
  package var strideMeters: Float = 0.06
  /// Height of the swing.
  package var liftMeters: Float = 0.03
  private let legCount: Int
  private let actionCount: Int
  /// Action per metre of foot displacement forwards and upwards.
  private var forward = InlineArray<6, ActionVector>(repeating: ActionVector())
  private var upward = InlineArray<6, ActionVector>(repeating: ActionVector())
  private var phase = InlineArray<6, Float>(repeating: 0)

  /// Measures the map by small actions. Not for the control path: it is called once.
  package init(_ plan: ControlPlan) {
    legCount = plan.action.kind == .jointDelta ? 0 : plan.kinematics.legCount
    actionCount = plan.actionCount
    let nominal = plan.action.nominalTargets()
    for leg in 0..<legCount {
      let rest = plan.kinematics.footPosition(leg, joints: nominal)
      phase[leg] = (rest.x > 0) == (rest.y > 0) ? 0 : 0.5
      var xRow = ActionVector()
      var zRow = ActionVector()
      var xx: Float = 1e-9
      var xz: Float = 0
      var zz: Float = 1e-9
      for output in 0..<actionCount {
        var action = ActionVector()
        action[output] = 0.02
        var targets = JointVector()
        plan.action.targets(action: action, measuredOrLastTarget: nominal, into: &targets)
        let moved = (plan.kinematics.footPosition(leg, joints: targets) - rest) * 50
        xRow[output] = moved.x
        zRow[output] = moved.z
        xx += moved.x * moved.x
        xz += moved.x * moved.z
        zz += moved.z * moved.z
      }
      let determinant = xx * zz - xz * xz
      for output in 0..<actionCount {
        forward[leg][output] = (zz * xRow[output] - xz * zRow[output]) / determinant
        upward[leg][output] = (xx * zRow[output] - xz * xRow[output]) / determinant
      }
    }
  }

  /// The action `seconds` after the trot began.
  @_noLocks package func choose(seconds: Float, into choice: inout ActionChoice) {
    choice.source = .scripted
    choice.logDensity = .nan
    var action = ActionVector()
    for leg in 0..<legCount {
      let cycles = seconds * frequencyHertz + phase[leg]
      let share = cycles - Float(Int(cycles))
      // Stance: the foot goes backwards on the ground. Swing: forwards through the air.
      let isSwing = share >= 0.5
      let x = strideMeters * (isSwing ? 2 * share - 1.5 : 0.5 - 2 * share)
      let z = isSwing ? liftMeters * PortableMath.sin((2 * share - 1) * 3.1415927) : 0
      for output in 0..<actionCount { action[output] += forward[leg][output] * x + upward[leg][output] * z }
    }
    for output in 0..<actionCount { choice.set(action[output], at: output) }
  }
}
