/// CRC-32C (Castagnoli; reflected polynomial 0x82F63B78, initial value and final exclusive-or 0xFFFFFFFF), eight bytes
/// a turn ("slicing by eight"). Check value of "123456789": `0xE3069283`.
///
/// The eight tables are one heap block of 8 KiB that the value owns: made once, off the control thread, and only read
/// afterwards. Copying the value is impossible, so that nobody frees the block twice.
@safe package struct CRC32C: ~Copyable, @unchecked Sendable {
  /// 8 × 256 words: `table[k * 256 + b]` is the remainder of byte `b` followed by `k` zero bytes.
  private let table: UnsafeMutablePointer<UInt32>

  /// Builds the tables. Allocates; call it before the control loop starts.
  package init() {
    unsafe table = UnsafeMutablePointer<UInt32>.allocate(capacity: 8 * 256)
    for byte in 0..<256 {
      var remainder = UInt32(truncatingIfNeeded: byte)
      for _ in 0..<8 { remainder = remainder & 1 == 0 ? remainder >> 1 : (remainder >> 1) ^ 0x82F6_3B78 }
      unsafe (table + byte).initialize(to: remainder)
    }
    for index in 256..<(8 * 256) {
      let shorter = unsafe table[index - 256]
      let remainder = unsafe (shorter >> 8) ^ table[Int(shorter & 0xFF)]
      unsafe (table + index).initialize(to: remainder)
    }
  }

  deinit { unsafe table.deallocate() }

  /// What the register holds before the first byte.
  package static var start: UInt32 { @_noLocks get { 0xFFFF_FFFF } }

  /// The register after `count` bytes at `bytes`, given the register before them. Any thread; touches each byte once.
  @_noLocks package borrowing func update(
    _ register: UInt32, _ bytes: UnsafePointer<UInt8>, count: Int
  ) -> UInt32 {
    var crc = register
    var index = 0
    while index + 8 <= count {
      let low = unsafe crc ^ LittleEndian.read32(bytes + index)
      let high = unsafe LittleEndian.read32(bytes + index + 4)
      crc = unsafe table[Int(7 * 256 + (low & 0xFF))] ^ table[Int(6 * 256 + (low >> 8 & 0xFF))]
      crc ^= unsafe table[Int(5 * 256 + (low >> 16 & 0xFF))] ^ table[Int(4 * 256 + (low >> 24))]
      crc ^= unsafe table[Int(3 * 256 + (high & 0xFF))] ^ table[Int(2 * 256 + (high >> 8 & 0xFF))]
      crc ^= unsafe table[Int(1 * 256 + (high >> 16 & 0xFF))] ^ table[Int(high >> 24)]
      index += 8
    }
    while index < count {
      crc = unsafe (crc >> 8) ^ table[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
      index += 1
    }
    return crc
  }

  /// The register after the four bytes of `word`, least significant first.
  @_noLocks package borrowing func update(_ register: UInt32, littleEndian word: UInt32) -> UInt32 {
    var crc = register ^ word
    crc = unsafe (crc >> 8) ^ table[Int(crc & 0xFF)]
    crc = unsafe (crc >> 8) ^ table[Int(crc & 0xFF)]
    crc = unsafe (crc >> 8) ^ table[Int(crc & 0xFF)]
    return unsafe (crc >> 8) ^ table[Int(crc & 0xFF)]
  }

  /// The checksum that a register stands for.
  @_noLocks package static func finish(_ register: UInt32) -> UInt32 { ~register }

  /// The checksum of one block.
  @_noLocks package borrowing func checksum(_ bytes: UnsafePointer<UInt8>, count: Int) -> UInt32 {
    unsafe CRC32C.finish(update(CRC32C.start, bytes, count: count))
  }
}
