/// Between numbers with a unit and the wire's fixed point: field = value × scale, rounded to nearest, ties away from
/// zero, saturated; NaN becomes 0 (SPEC §3). Computed in Double, where value × scale and the half are exact.
package enum FixedPoint {
  /// A signed field.
  @_noLocks package static func i16(_ value: Float, perUnit scale: UInt16) -> Int16 {
    let counts = Double(value) * Double(scale)
    if counts >= 32767 { return 32767 }
    if counts <= -32768 { return -32768 }
    if counts != counts { return 0 }
    return Int16(counts < 0 ? counts - 0.5 : counts + 0.5)
  }

  /// An unsigned field; anything below zero becomes 0.
  @_noLocks package static func u16(_ value: Float, perUnit scale: UInt16) -> UInt16 {
    let counts = Double(value) * Double(scale)
    if counts >= 65535 { return 65535 }
    if counts > 0 { return UInt16(counts + 0.5) }
    return 0
  }

  /// What a signed field means. The scale must not be 0.
  @_noLocks package static func value(_ field: Int16, perUnit scale: UInt16) -> Float { Float(field) / Float(scale) }

  /// What an unsigned field means. The scale must not be 0.
  @_noLocks package static func value(_ field: UInt16, perUnit scale: UInt16) -> Float { Float(field) / Float(scale) }
}
