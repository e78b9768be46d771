/// Three components; the frame and the unit are in the name of the variable. x forward, y left, z up.
package typealias Vector3 = SIMD3<Float>

/// The scalar product of two vectors, added in the order x, y, z so that every CPU gives the same bytes.
@_noLocks package func dot(_ a: Vector3, _ b: Vector3) -> Float { a.x * b.x + a.y * b.y + a.z * b.z }

/// The vector product a × b.
@_noLocks package func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
  Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// The Euclidean length of a vector.
@_noLocks package func length(_ a: Vector3) -> Float { PortableMath.sqrt(dot(a, a)) }

/// A unit quaternion w + xi + yj + zk that turns body coordinates into world coordinates.
package struct Quaternion: BitwiseCopyable, Sendable {
  /// Cosine of half the angle.
  package var w: Float
  /// x of the axis times the sine of half the angle.
  package var x: Float
  /// y of the axis times the sine of half the angle.
  package var y: Float
  /// z of the axis times the sine of half the angle.
  package var z: Float

  /// From its four components, which the caller keeps at unit length.
  @_noLocks package init(w: Float, x: Float, y: Float, z: Float) {
    self.w = w
    self.x = x
    self.y = y
    self.z = z
  }

  /// No rotation.
  @_noLocks package init() { self.init(w: 1, x: 0, y: 0, z: 0) }

  /// From roll, pitch and yaw in radians: yaw about z first, then pitch about y, then roll about x (Tait-Bryan
  /// z-y'-x″).
  @_noLocks package init(rollRadians: Float, pitchRadians: Float, yawRadians: Float) {
    let cr = PortableMath.cos(rollRadians * 0.5)
    let sr = PortableMath.sin(rollRadians * 0.5)
    let cp = PortableMath.cos(pitchRadians * 0.5)
    let sp = PortableMath.sin(pitchRadians * 0.5)
    let cy = PortableMath.cos(yawRadians * 0.5)
    let sy = PortableMath.sin(yawRadians * 0.5)
    self.init(
      w: cr * cp * cy + sr * sp * sy, x: sr * cp * cy - cr * sp * sy,
      y: cr * sp * cy + sr * cp * sy, z: cr * cp * sy - sr * sp * cy)
  }

  /// The rotation that undoes this one.
  package var conjugate: Quaternion { @_noLocks get { Quaternion(w: w, x: -x, y: -y, z: -z) } }

  /// First `b`, then `a`.
  @_noLocks package static func * (a: Quaternion, b: Quaternion) -> Quaternion {
    Quaternion(
      w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
      x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
      y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
      z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w)
  }

  /// The vector `v`, given in the body frame, in the world frame.
  @_noLocks package func rotate(_ v: Vector3) -> Vector3 {
    let q = Vector3(x, y, z)
    let t = cross(q, v) * 2
    return v + t * w + cross(q, t)
  }

  /// The same rotation at unit length; the identity if the components are all zero or not finite.
  package var normalized: Quaternion {
    @_noLocks get {
      let n = PortableMath.sqrt(w * w + x * x + y * y + z * z)
      guard n > 1e-6, n < 1e6 else { return Quaternion() }
      return Quaternion(w: w / n, x: x / n, y: y / n, z: z / n)
    }
  }

  /// Rotation about the forward axis, radians, −π … π, positive when the left side rises.
  package var rollRadians: Float {
    @_noLocks get { PortableMath.atan2(2 * (w * x + y * z), 1 - 2 * (x * x + y * y)) }
  }

  /// Rotation about the left axis, radians, −π/2 … π/2, positive nose down.
  package var pitchRadians: Float {
    @_noLocks get { PortableMath.asin(2 * (w * y - z * x)) }
  }

  /// Rotation about the up axis, radians, −π … π, positive to the left.
  package var yawRadians: Float {
    @_noLocks get { PortableMath.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z)) }
  }
}
