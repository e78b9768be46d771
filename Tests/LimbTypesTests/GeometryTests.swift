import Testing

@testable import LimbTypes

@Suite("Geometry")
struct GeometryTests {
  @Test("angles come back from the quaternion made of them", arguments: [(0.3, -0.4, 2.5), (-1.2, 0.9, -3.0), (0, 0, 0)])
  func angles(roll: Float, pitch: Float, yaw: Float) {
    let q = Quaternion(rollRadians: roll, pitchRadians: pitch, yawRadians: yaw)
    #expect(abs(q.rollRadians - roll) < 1e-5)
    #expect(abs(q.pitchRadians - pitch) < 1e-5)
    #expect(abs(q.yawRadians - yaw) < 1e-5)
  }

  @Test("a quarter turn to the left carries forward to left")
  func rotation() {
    let v = Quaternion(rollRadians: 0, pitchRadians: 0, yawRadians: .pi / 2).rotate(Vector3(1, 0, 0))
    #expect(length(v - Vector3(0, 1, 0)) < 1e-6)
  }

  @Test("nose down is positive pitch, and the nose then points below the horizon")
  func pitchSign() {
    let v = Quaternion(rollRadians: 0, pitchRadians: 0.5, yawRadians: 0).rotate(Vector3(1, 0, 0))
    #expect(v.z < 0)
  }

  @Test("products of rotations act one after the other")
  func product() {
    let a = Quaternion(rollRadians: 0.2, pitchRadians: 0.7, yawRadians: -1)
    let b = Quaternion(rollRadians: -0.9, pitchRadians: 0.1, yawRadians: 0.4)
    let v = Vector3(0.3, -2, 1)
    #expect(length((a * b).rotate(v) - a.rotate(b.rotate(v))) < 1e-5)
    #expect(length(a.conjugate.rotate(a.rotate(v)) - v) < 1e-5)
  }

  @Test("a quaternion of zeros or of NaN becomes the identity instead of spreading")
  func degenerate() {
    #expect(Quaternion(w: 0, x: 0, y: 0, z: 0).normalized.w == 1)
    #expect(Quaternion(w: .nan, x: 0, y: 0, z: 0).normalized.w == 1)
  }
}
