import CRealtime

/// Elementary functions whose bytes are the same on every CPU and under `@_noLocks`.
///
/// No libm: implementations differ between systems, and a replayed session must give identical commands. Every
/// function takes and gives Float and works in Double with unfused multiply and add, so the error is that of one
/// final rounding (below 1 ulp of Float over the stated range). Square roots are exact by IEEE 754 everywhere.
package enum PortableMath {
  /// π as Float.
  package static let pi: Float = 3.14159265

  /// √x; NaN for x < 0.
  @_noLocks package static func sqrt(_ x: Float) -> Float { limb_sqrtf(x) }

  /// eˣ. +∞ above 88.73, 0 below −104, NaN for NaN.
  @_noLocks package static func exp(_ x: Float) -> Float {
    guard x == x else { return x }
    if x > 89 { return .infinity }
    if x < -104 { return 0 }
    return Float(expDouble(Double(x)))
  }

  /// eˣ in Double for |x| ≤ 700; relative error below 1e-15 · 20.
  @_noLocks package static func expDouble(_ x: Double) -> Double {
    if x > 700 { return .infinity }
    if x < -700 { return 0 }
    let scaled = x * 1.4426950408889634
    let k = scaled >= 0 ? Int64(scaled + 0.5) : Int64(scaled - 0.5)
    // Cody–Waite: ln 2 in two parts, so that the remainder is exact to the last bit that matters.
    let r = (x - Double(k) * 6.93147180369123816490e-01) - Double(k) * 1.90821492927058770002e-10
    var p = 1.6059043836821613e-10  // 1/13!
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 1.984126984126984e-04
    p = p * r + 1.3888888888888889e-03
    p = p * r + 8.333333333333333e-03
    p = p * r + 4.1666666666666664e-02
    p = p * r + 1.6666666666666666e-01
    p = p * r + 0.5
    p = p * r + 1
    p = p * r + 1
    return p * Double(bitPattern: UInt64(bitPattern: 1023 &+ k) << 52)
  }

  /// ln x; −∞ at 0, NaN below.
  @_noLocks package static func log(_ x: Float) -> Float {
    if x == 0 { return -.infinity }
    guard x > 0 else { return .nan }
    if x == .infinity { return x }
    return Float(logDouble(Double(x)))
  }

  /// ln x in Double for normal positive x.
  @_noLocks package static func logDouble(_ x: Double) -> Double {
    let bits = x.bitPattern
    var exponent = Int64(bits >> 52) &- 1023
    var mantissa = Double(bitPattern: (bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000)
    if mantissa > 1.4142135623730951 {
      mantissa *= 0.5
      exponent &+= 1
    }
    // ln m = 2 artanh((m − 1)/(m + 1)), |s| ≤ 0.172, so s²³ is below the last bit.
    let s = (mantissa - 1) / (mantissa + 1)
    let z = s * s
    var p = 1.0 / 21
    p = p * z + 1.0 / 19
    p = p * z + 1.0 / 17
    p = p * z + 1.0 / 15
    p = p * z + 1.0 / 13
    p = p * z + 1.0 / 11
    p = p * z + 1.0 / 9
    p = p * z + 1.0 / 7
    p = p * z + 1.0 / 5
    p = p * z + 1.0 / 3
    p = p * z + 1
    return 2 * s * p + Double(exponent) * 0.6931471805599453
  }

  /// tanh x; ±1 far out, NaN for NaN.
  @_noLocks package static func tanh(_ x: Float) -> Float {
    guard x == x else { return x }
    if x > 10 { return 1 }
    if x < -10 { return -1 }
    let d = Double(x)
    if x > -1e-3, x < 1e-3 { return Float(d - d * d * d / 3) }
    let e = expDouble(2 * d)
    return Float((e - 1) / (e + 1))
  }

  /// ln(1 + eˣ), without overflow.
  @_noLocks package static func softplus(_ x: Float) -> Float {
    guard x == x else { return x }
    if x > 30 { return x }
    if x < -100 { return 0 }
    let e = expDouble(Double(x))
    if e < 1e-6 { return Float(e - e * e * 0.5) }
    return Float(logDouble(1 + e))
  }

  /// sin x, x in radians; accurate for |x| ≤ 1e5, 0 beyond 1e9 or for non-finite x.
  @_noLocks package static func sin(_ x: Float) -> Float {
    guard x > -1e9, x < 1e9 else { return 0 }
    return Float(sinDouble(Double(x)))
  }

  /// cos x, x in radians; accurate for |x| ≤ 1e5, 1 beyond 1e9 or for non-finite x.
  @_noLocks package static func cos(_ x: Float) -> Float {
    guard x > -1e9, x < 1e9 else { return 1 }
    return Float(sinDouble(Double(x) + 1.5707963267948966))
  }

  /// Sine of an angle below 2⁵⁰ or so, by a polynomial after reduction to a quarter turn; what `sin` and `cos` round.
  @_noLocks package static func sinDouble(_ x: Double) -> Double {
    let turns = x * 0.3183098861837907
    let k = turns >= 0 ? Int64(turns + 0.5) : Int64(turns - 0.5)
    let r = (x - Double(k) * 3.1415926535897931) - Double(k) * 1.2246467991473532e-16
    let z = r * r
    var p = 2.8114572543455206e-15  // 1/17!
    p = p * z - 7.647163731819816e-13
    p = p * z + 1.6059043836821613e-10
    p = p * z - 2.505210838544172e-08
    p = p * z + 2.7557319223985893e-06
    p = p * z - 1.984126984126984e-04
    p = p * z + 8.333333333333333e-03
    p = p * z - 1.6666666666666666e-01
    let value = r + r * z * p
    return k & 1 == 0 ? value : -value
  }

  /// The angle of the point (x, y), radians, −π … π; 0 at the origin.
  @_noLocks package static func atan2(_ y: Float, _ x: Float) -> Float {
    guard x == x, y == y else { return .nan }
    if x == 0, y == 0 { return 0 }
    let ax = x < 0 ? -Double(x) : Double(x)
    let ay = y < 0 ? -Double(y) : Double(y)
    var angle = ax >= ay ? atanUnit(ay / ax) : 1.5707963267948966 - atanUnit(ax / ay)
    if x < 0 { angle = 3.141592653589793 - angle }
    return Float(y < 0 ? -angle : angle)
  }

  /// arcsin x, radians; x is clamped to −1 … 1 (rounding pushes products of unit quaternions a little over).
  @_noLocks package static func asin(_ x: Float) -> Float {
    guard x == x else { return x }
    if x >= 1 { return 1.57079633 }
    if x <= -1 { return -1.57079633 }
    let d = Double(x)
    return atan2(x, Float(limb_sqrt(1 - d * d)))
  }

  /// arctan t for 0 ≤ t ≤ 1.
  @_noLocks static func atanUnit(_ t: Double) -> Double {
    // Two halvings by arctan t = 2 arctan(t / (1 + √(1 + t²))) bring |t| below 0.2.
    var u = t / (1 + limb_sqrt(1 + t * t))
    u = u / (1 + limb_sqrt(1 + u * u))
    let z = u * u
    var p = 1.0 / 21
    p = 1.0 / 19 - p * z
    p = 1.0 / 17 - p * z
    p = 1.0 / 15 - p * z
    p = 1.0 / 13 - p * z
    p = 1.0 / 11 - p * z
    p = 1.0 / 9 - p * z
    p = 1.0 / 7 - p * z
    p = 1.0 / 5 - p * z
    p = 1.0 / 3 - p * z
    p = 1 - p * z
    return 4 * u * p
  }
}
