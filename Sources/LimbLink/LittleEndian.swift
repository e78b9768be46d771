/// Little-endian integers at any address, byte by byte: the same result on every host, and no alignment needed.
/// The caller answers for the bounds.
package enum LittleEndian {
  /// Two bytes as an unsigned integer.
  @_noLocks package static func read16(_ bytes: UnsafePointer<UInt8>) -> UInt16 {
    unsafe UInt16(bytes[0]) | UInt16(bytes[1]) << 8
  }

  /// Four bytes as an unsigned integer.
  @_noLocks package static func read32(_ bytes: UnsafePointer<UInt8>) -> UInt32 {
    unsafe UInt32(bytes[0]) | UInt32(bytes[1]) << 8 | UInt32(bytes[2]) << 16 | UInt32(bytes[3]) << 24
  }

  /// Eight bytes as an unsigned integer.
  @_noLocks package static func read64(_ bytes: UnsafePointer<UInt8>) -> UInt64 {
    unsafe UInt64(read32(bytes)) | UInt64(read32(bytes + 4)) << 32
  }

  /// Writes two bytes.
  @_noLocks package static func write16(_ value: UInt16, to bytes: UnsafeMutablePointer<UInt8>) {
    unsafe bytes[0] = UInt8(truncatingIfNeeded: value)
    unsafe bytes[1] = UInt8(truncatingIfNeeded: value >> 8)
  }

  /// Writes four bytes.
  @_noLocks package static func write32(_ value: UInt32, to bytes: UnsafeMutablePointer<UInt8>) {
    unsafe write16(UInt16(truncatingIfNeeded: value), to: bytes)
    unsafe write16(UInt16(truncatingIfNeeded: value >> 16), to: bytes + 2)
  }

  /// Writes eight bytes.
  @_noLocks package static func write64(_ value: UInt64, to bytes: UnsafeMutablePointer<UInt8>) {
    unsafe write32(UInt32(truncatingIfNeeded: value), to: bytes)
    unsafe write32(UInt32(truncatingIfNeeded: value >> 32), to: bytes + 4)
  }
}
