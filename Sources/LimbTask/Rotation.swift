import LimbTypes

/// A rotation as the images of the three unit vectors.
struct Rotation: BitwiseCopyable, Sendable {
  private var x = Vector3(1, 0, 0)
  private var y = Vector3(0, 1, 0)
  private var z = Vector3(0, 0, 1)

  /// No rotation.
  @_noLocks init() {}

  /// The image of `v`.
  @_noLocks func apply(_ v: Vector3) -> Vector3 { x * v.x + y * v.y + z * v.z }

  /// Appends a turn about `axis` (unit, in the turned frame), right-handed. Rodrigues:
  /// v cos θ + (k × v) sin θ + k (k · v)(1 − cos θ).
  @_noLocks mutating func turn(about axis: Vector3, radians: Float) {
    let c = PortableMath.cos(radians)
    let s = PortableMath.sin(radians)
    let x = Rotation.turned(Vector3(1, 0, 0), axis, c, s)
    let y = Rotation.turned(Vector3(0, 1, 0), axis, c, s)
    let z = Rotation.turned(Vector3(0, 0, 1), axis, c, s)
    (self.x, self.y, self.z) = (apply(x), apply(y), apply(z))
  }

  @_noLocks private static func turned(_ v: Vector3, _ axis: Vector3, _ c: Float, _ s: Float) -> Vector3 {
    v * c + cross(axis, v) * s + axis * (dot(axis, v) * (1 - c))
  }
}
