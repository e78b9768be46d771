/// One pass over the fields of a payload, in the order of the wire and little-endian: it either takes them out of the
/// bytes or puts them in, so that a message names its fields once. What lies beyond the end reads as 0 and is not
/// written, and `overran` tells: a short payload or a small buffer never becomes a use of foreign memory.
@safe struct PayloadFields {
  private let bytes: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private let isWriting: Bool
  /// Bytes passed so far.
  private(set) var count = 0
  /// True once a field did not fit: `count` stands where it would have begun.
  private(set) var overran = false

  /// Takes fields out of `count` bytes, which stay as they are.
  @_noLocks init(reading bytes: UnsafePointer<UInt8>, count: Int) {
    unsafe self.bytes = UnsafeMutablePointer(mutating: bytes)
    capacity = count
    isWriting = false
  }

  /// Puts fields into `bytes`, which has room for `capacity`.
  @_noLocks init(writing bytes: UnsafeMutablePointer<UInt8>, capacity: Int) {
    unsafe self.bytes = bytes
    self.capacity = capacity
    isWriting = true
  }

  /// Where the next `size` bytes are, nil if they do not fit.
  @inline(__always)
  @_noLocks private mutating func place(_ size: Int) -> UnsafeMutablePointer<UInt8>? {
    guard count &+ size <= capacity else {
      overran = true
      return nil
    }
    defer { count &+= size }
    return unsafe bytes + count
  }

  @inline(__always)
  @_noLocks mutating func u8(_ value: inout UInt8) {
    let place = unsafe place(1)
    if isWriting {
      if let place = unsafe place { unsafe place[0] = value }
    } else {
      value = if let place = unsafe place { unsafe place[0] } else { 0 }
    }
  }

  @inline(__always)
  @_noLocks mutating func u16(_ value: inout UInt16) {
    let place = unsafe place(2)
    if isWriting {
      if let place = unsafe place { unsafe LittleEndian.write16(value, to: place) }
    } else {
      value = if let place = unsafe place { unsafe LittleEndian.read16(place) } else { 0 }
    }
  }

  @inline(__always)
  @_noLocks mutating func u32(_ value: inout UInt32) {
    let place = unsafe place(4)
    if isWriting {
      if let place = unsafe place { unsafe LittleEndian.write32(value, to: place) }
    } else {
      value = if let place = unsafe place { unsafe LittleEndian.read32(place) } else { 0 }
    }
  }

  @inline(__always)
  @_noLocks mutating func u64(_ value: inout UInt64) {
    let place = unsafe place(8)
    if isWriting {
      if let place = unsafe place { unsafe LittleEndian.write64(value, to: place) }
    } else {
      value = if let place = unsafe place { unsafe LittleEndian.read64(place) } else { 0 }
    }
  }

  @inline(__always)
  @_noLocks mutating func i8(_ value: inout Int8) {
    var bits = UInt8(bitPattern: value)
    u8(&bits)
    value = Int8(bitPattern: bits)
  }

  @inline(__always)
  @_noLocks mutating func i16(_ value: inout Int16) {
    var bits = UInt16(bitPattern: value)
    u16(&bits)
    value = Int16(bitPattern: bits)
  }

  @inline(__always)
  @_noLocks mutating func i32(_ value: inout Int32) {
    var bits = UInt32(bitPattern: value)
    u32(&bits)
    value = Int32(bitPattern: bits)
  }
}

/// What is wrong with a payload whose checksum is right, or with a message that shall become one.
enum PayloadDefect: BitwiseCopyable, Sendable {
  case none
  /// Shorter than its fixed part, or than fixed part and lists together; in writing: no room.
  case length
  /// A count or another value out of its range.
  case value
}
