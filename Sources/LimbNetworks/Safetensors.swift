/// The safetensors format: u64 little-endian header length, that many bytes of JSON, then the tensors without holes,
/// row-major, little-endian (specification: README of `huggingface/safetensors`).
package enum Safetensors {
  /// The number types that are written here.
  package enum Kind: String, Sendable {
    case float32 = "F32"
    case float64 = "F64"
    case int64 = "I64"
    case uint64 = "U64"

    /// Bytes of one number.
    package var size: Int { self == .float32 ? 4 : 8 }
  }

  /// One tensor of a file.
  package struct Tensor: Sendable, Equatable {
    /// Its key in the header.
    package let name: String
    /// The type of its numbers.
    package let kind: Kind
    /// Rows first; empty for a single number.
    package let shape: [Int]
    /// Where its bytes start in the data part.
    package let offset: Int

    /// Numbers in it.
    package var count: Int { shape.reduce(1, *) }
    /// Bytes that it takes in the file.
    package var byteCount: Int { count * kind.size }
  }

  /// The longest header that is read: ours have some ten thousand bytes.
  static let headerLimit = 16 << 20
}

/// Collects tensors and metadata, and writes them as one file, whole or not at all.
///
/// Same contents in the same order give the same bytes. Allocates; not for the control thread.
package struct SafetensorsWriter {
  private var tensors: [Safetensors.Tensor] = []
  private var data: [UInt8] = []
  private var metadata: [String: String] = [:]

  /// No tensors yet.
  package init() {}

  /// A line of `__metadata__`. The last value for a key counts.
  package mutating func set(_ key: String, _ value: String) { metadata[key] = value }

  /// Copies `numbers`. Traps if the shape holds another number of them, or the name is taken.
  package mutating func add(name: String, shape: [Int], _ numbers: UnsafeBufferPointer<Float>) {
    unsafe add(name, .float32, shape, UnsafeRawBufferPointer(numbers))
  }

  /// Copies `numbers`, as above.
  package mutating func add(name: String, shape: [Int], _ numbers: UnsafeBufferPointer<Double>) {
    unsafe add(name, .float64, shape, UnsafeRawBufferPointer(numbers))
  }

  /// A list of counters.
  package mutating func add(name: String, _ numbers: [UInt64]) {
    unsafe numbers.withUnsafeBytes { unsafe add(name, .uint64, [numbers.count], $0) }
  }

  private mutating func add(_ name: String, _ kind: Safetensors.Kind, _ shape: [Int], _ bytes: UnsafeRawBufferPointer) {
    let tensor = Safetensors.Tensor(name: name, kind: kind, shape: shape, offset: data.count)
    precondition(tensor.byteCount == bytes.count, "\(name): shape \(shape) is not \(bytes.count) bytes")
    precondition(!tensors.contains { $0.name == name }, "\(name) is written twice")
    tensors.append(tensor)
    unsafe data.append(contentsOf: bytes)
  }

  /// The whole file.
  package func encoded() -> [UInt8] {
    var header = "{\"__metadata__\":{"
    header += metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }.joined(separator: ",")
    header += "}"
    for tensor in tensors {
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      let end = tensor.offset + tensor.byteCount
      header += ",\(quoted(tensor.name)):{\"dtype\":\"\(tensor.kind.rawValue)\",\"shape\":[\(shape)],"
      header += "\"data_offsets\":[\(tensor.offset),\(end)]}"
    }
    header += "}"
    var text = Array(header.utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    var length = UInt64(text.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + text.count + data.count)
    for _ in 0..<8 {
      bytes.append(UInt8(truncatingIfNeeded: length))
      length >>= 8
    }
    return bytes + text + data
  }

  /// Writes `path` so that after a crash it holds either its old contents or all of the new: a temporary file beside
  /// it, fsync, rename, fsync of the directory.
  package func write(to path: String) throws(NetworksError) { try replaceFile(at: path, with: encoded()) }

  private func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
