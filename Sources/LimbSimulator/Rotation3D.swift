internal import Glibc

/// Unit quaternions and rotation vectors in double precision, for the plant and the person (w, x, y, z).
struct Rotation3D: Equatable {
  var w: Double
  var v: SIMD3<Double>

  init(w: Double, v: SIMD3<Double>) {
    self.w = w
    self.v = v
  }

  /// A turn of |vector| radians about the vector.
  init(vector: SIMD3<Double>) {
    let angle = (vector * vector).sum().squareRoot()
    guard angle > 1e-12 else {
      self.init(w: 1, v: 0.5 * vector)
      return
    }
    self.init(w: cos(angle / 2), v: sin(angle / 2) / angle * vector)
  }

  /// Yaw, then pitch, then roll, radians.
  init(roll: Double, pitch: Double, yaw: Double) {
    self = Rotation3D(vector: SIMD3(0, 0, yaw)) * Rotation3D(vector: SIMD3(0, pitch, 0))
      * Rotation3D(vector: SIMD3(roll, 0, 0))
  }

  static func * (a: Rotation3D, b: Rotation3D) -> Rotation3D {
    Rotation3D(w: a.w * b.w - (a.v * b.v).sum(), v: a.w * b.v + b.w * a.v + cross(a.v, b.v))
  }

  var inverse: Rotation3D { Rotation3D(w: w, v: -v) }

  /// The shortest rotation vector of this turn.
  var vector: SIMD3<Double> {
    let sine = (v * v).sum().squareRoot()
    guard sine > 1e-12 else { return 2 * (w < 0 ? -v : v) }
    return (w < 0 ? -1 : 1) * (2 * atan2(sine, abs(w)) / sine) * v
  }

  func rotate(_ x: SIMD3<Double>) -> SIMD3<Double> {
    let t = 2 * cross(v, x)
    return x + w * t + cross(v, t)
  }

  var yaw: Double { atan2(2 * (w * v.z + v.x * v.y), 1 - 2 * (v.y * v.y + v.z * v.z)) }

  /// Cosine of the angle between the body's z axis and the vertical.
  var uprightness: Double { 1 - 2 * (v.x * v.x + v.y * v.y) }
}

func cross(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> SIMD3<Double> {
  SIMD3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// The quintic blend of rest to rest, s in 0…1: value and derivative. Acceleration is zero at both ends.
func quinticBlend(_ s: Double) -> (value: Double, slope: Double) {
  let s = min(max(s, 0), 1)
  return (s * s * s * (10 + s * (-15 + 6 * s)), 30 * s * s * (1 - s) * (1 - s))
}
