/// Consistent Overhead Byte Stuffing (Cheshire and Baker, 1999): bytes without a zero among them, so that 0x00 can
/// only ever be the edge of a frame, and a receiver is in step again at the next one.
package enum COBS {
  /// The most bytes that `count` bytes can become: one code byte, and one more for each full run of 254.
  @_noLocks package static func maximumEncodedCount(_ count: Int) -> Int { count + count / 254 + 1 }

  /// Encodes `count` bytes of `source` into `target` (room for `maximumEncodedCount(count)`; must not overlap) and
  /// returns how many bytes it wrote. A run of 254 bytes that ends the data gets no empty group behind it.
  @_noLocks package static func encode(
    _ source: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var codeIndex = 0
    var code: UInt8 = 1
    var written = 1
    for index in 0..<count {
      if code == 0xFF {
        unsafe target[codeIndex] = 0xFF
        codeIndex = written
        written += 1
        code = 1
      }
      let byte = unsafe source[index]
      if byte == 0 {
        unsafe target[codeIndex] = code
        codeIndex = written
        code = 1
      } else {
        unsafe target[written] = byte
        code += 1
      }
      written += 1
    }
    unsafe target[codeIndex] = code
    return written
  }

  /// Decodes `count` bytes of `source`, which must hold no zero, into `target` (room for `count`; may be `source`
  /// itself). Returns how many bytes came out, or -1 if a group runs past the end or a zero byte is met.
  @_noLocks package static func decode(
    _ source: UnsafePointer<UInt8>, count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var index = 0
    var written = 0
    while index < count {
      let code = unsafe Int(source[index])
      if code == 0 || index + code > count { return -1 }
      for offset in 1..<max(code, 1) {
        let byte = unsafe source[index + offset]
        if byte == 0 { return -1 }
        unsafe target[written] = byte
        written += 1
      }
      index += code
      if code < 0xFF && index < count {
        unsafe target[written] = 0
        written += 1
      }
    }
    return written
  }
}
