internal import CMuJoCo

/// MuJoCo's model and state, owned. One thread.
///
/// A control period is `prepare` (positions, velocities, contacts at the sampling instant), the caller's sampling and
/// actuation, then `advance` (forces and integration).
@safe struct Physics: ~Copyable {
  let model: UnsafeMutablePointer<mjModel>
  let data: UnsafeMutablePointer<mjData>
  private let path: String

  /// Loads an MJCF file.
  init(path: String) throws(SimulatorError) {
    limb_mujoco_warn_on_standard_error()
    var message = [CChar](repeating: 0, count: 1024)
    guard let loaded = unsafe mj_loadXML(path, nil, &message, Int32(message.count)) else {
      let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      throw .model(path: path, reason: String(decoding: text, as: UTF8.self))
    }
    guard let state = unsafe mj_makeData(loaded) else {
      unsafe mj_deleteModel(loaded)
      throw .model(path: path, reason: "out of memory")
    }
    unsafe model = loaded
    unsafe data = state
    self.path = path
  }

  deinit {
    unsafe mj_deleteData(data)
    unsafe mj_deleteModel(model)
  }

  /// Index of a named object; an error that names it if the model lacks it.
  func index(_ kind: mjtObj, _ word: String, _ name: String) throws(SimulatorError) -> Int {
    guard let index = find(kind, name) else { throw .missing(path: path, kind: word, name: name) }
    return index
  }

  /// Index of a named object, or nil.
  func find(_ kind: mjtObj, _ name: String) -> Int? {
    let index = unsafe mj_name2id(model, Int32(kind.rawValue), name)
    return index < 0 ? nil : Int(index)
  }

  /// Sets the state to keyframe `stand`, or to the model's own start without one.
  func reset() {
    if let key = find(mjOBJ_KEY, "stand") {
      unsafe mj_resetDataKeyframe(model, data, Int32(key))
    } else {
      unsafe mj_resetData(model, data)
    }
    unsafe mj_forward(model, data)
  }

  /// Seconds of one integration step.
  var stepSeconds: Double { unsafe model.pointee.opt.timestep }

  func prepare() { unsafe mj_step1(model, data) }

  func advance() { unsafe mj_step2(model, data) }
}
