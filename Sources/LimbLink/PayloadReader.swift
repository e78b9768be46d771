/// Reads little-endian fields one after the other. Beyond the end it gives zeros: a length is checked before, once a
/// message, and a mistake there must not become a read of foreign memory.
@safe struct PayloadReader {
  private let bytes: UnsafePointer<UInt8>
  let count: Int
  private(set) var index = 0

  @_noLocks init(_ bytes: UnsafePointer<UInt8>, count: Int) {
    unsafe self.bytes = bytes
    self.count = count
  }

  @_noLocks mutating func u8() -> UInt8 {
    guard index + 1 <= count else { return 0 }
    defer { index += 1 }
    return unsafe bytes[index]
  }

  @_noLocks mutating func u16() -> UInt16 {
    guard index + 2 <= count else { return 0 }
    defer { index += 2 }
    return unsafe LittleEndian.read16(bytes + index)
  }

  @_noLocks mutating func u32() -> UInt32 {
    guard index + 4 <= count else { return 0 }
    defer { index += 4 }
    return unsafe LittleEndian.read32(bytes + index)
  }

  @_noLocks mutating func u64() -> UInt64 {
    guard index + 8 <= count else { return 0 }
    defer { index += 8 }
    return unsafe LittleEndian.read64(bytes + index)
  }

  @_noLocks mutating func i16() -> Int16 { Int16(bitPattern: u16()) }
}

/// Writes little-endian fields one after the other; what does not fit is left out and told by `overran`.
@safe struct PayloadWriter {
  private let bytes: UnsafeMutablePointer<UInt8>
  let capacity: Int
  private(set) var count = 0
  private(set) var overran = false

  @_noLocks init(_ bytes: UnsafeMutablePointer<UInt8>, capacity: Int) {
    unsafe self.bytes = bytes
    self.capacity = capacity
  }

  @_noLocks private mutating func room(_ size: Int) -> Bool {
    guard count + size <= capacity else {
      overran = true
      return false
    }
    return true
  }

  @_noLocks mutating func u8(_ value: UInt8) {
    guard room(1) else { return }
    unsafe bytes[count] = value
    count += 1
  }

  @_noLocks mutating func u16(_ value: UInt16) {
    guard room(2) else { return }
    unsafe LittleEndian.write16(value, to: bytes + count)
    count += 2
  }

  @_noLocks mutating func u32(_ value: UInt32) {
    guard room(4) else { return }
    unsafe LittleEndian.write32(value, to: bytes + count)
    count += 4
  }

  @_noLocks mutating func u64(_ value: UInt64) {
    guard room(8) else { return }
    unsafe LittleEndian.write64(value, to: bytes + count)
    count += 8
  }

  @_noLocks mutating func i16(_ value: Int16) { u16(UInt16(bitPattern: value)) }
}

/// What is wrong with a payload whose checksum is right.
enum PayloadDefect: BitwiseCopyable, Sendable {
  case none
  /// Shorter than its fixed part, or than fixed part and lists together.
  case length
  /// A count or another value out of its range.
  case value
}
