/// A safetensors file in memory, its header checked to the last byte: no hole, no overlap, nothing left over.
package struct SafetensorsFile: Sendable {
  /// Where it came from, for errors.
  package let path: String
  /// `__metadata__`.
  package let metadata: [String: String]
  /// In the order of their data.
  package let tensors: [Safetensors.Tensor]
  private let bytes: [UInt8]
  private let dataStart: Int

  /// Reads and checks a whole file.
  package init(path: String) throws(NetworksError) {
    try self.init(bytes: readFile(at: path), path: path)
  }

  /// Checks bytes that are already in memory.
  package init(bytes: [UInt8], path: String) throws(NetworksError) {
    func malformed(_ defect: SafetensorsDefect) -> NetworksError { .malformed(path: path, defect) }
    guard bytes.count >= 8 else { throw malformed(.tooShort(expectedBytes: 8, actualBytes: bytes.count)) }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    guard length <= UInt64(Safetensors.headerLimit) else {
      throw malformed(.headerTooLong(limitBytes: Safetensors.headerLimit, actualBytes: length))
    }
    let start = 8 + Int(length)
    guard bytes.count >= start else { throw malformed(.tooShort(expectedBytes: start, actualBytes: bytes.count)) }
    var parser = SafetensorsHeader(bytes[8..<start])
    do throws(SafetensorsDefect) { try parser.parse() } catch { throw malformed(error) }
    var expected = 0
    var seen: Set<String> = []
    let sorted = parser.tensors.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
    var tensors: [Safetensors.Tensor] = []
    for entry in sorted {
      guard seen.insert(entry.name).inserted else { throw malformed(.duplicate(tensor: entry.name)) }
      guard let kind = Safetensors.Kind(rawValue: entry.kind) else {
        throw malformed(.kind(tensor: entry.name, actual: entry.kind))
      }
      guard entry.begin == expected else {
        throw malformed(.hole(tensor: entry.name, expectedOffset: expected, actualOffset: entry.begin))
      }
      let size = entry.shape.reduce((kind.size, false)) { partial, next in
        let product = partial.0.multipliedReportingOverflow(by: next)
        return (product.partialValue, partial.1 || product.overflow)
      }
      guard !size.1, size.0 == entry.end - entry.begin else {
        throw malformed(.size(tensor: entry.name, expectedBytes: size.0, actualBytes: entry.end - entry.begin))
      }
      tensors.append(Safetensors.Tensor(name: entry.name, kind: kind, shape: entry.shape, offset: entry.begin))
      expected = entry.end
    }
    guard bytes.count - start == expected else {
      throw malformed(.length(expectedBytes: start + expected, actualBytes: bytes.count))
    }
    self.path = path
    self.bytes = bytes
    self.tensors = tensors
    metadata = parser.metadata
    dataStart = start
  }

  /// Copies a tensor of Floats; its shape must be `shape`.
  package func copy(
    _ name: String, shape: [Int], to numbers: UnsafeMutablePointer<Float>
  ) throws(NetworksError) {
    let tensor = try find(name, .float32, shape)
    unsafe copyBytes(tensor, to: UnsafeMutableRawPointer(numbers))
  }

  /// Copies a tensor of Doubles; its shape must be `shape`.
  package func copy(
    _ name: String, shape: [Int], to numbers: UnsafeMutablePointer<Double>
  ) throws(NetworksError) {
    let tensor = try find(name, .float64, shape)
    unsafe copyBytes(tensor, to: UnsafeMutableRawPointer(numbers))
  }

  /// A list of `count` counters.
  package func counters(_ name: String, count: Int) throws(NetworksError) -> [UInt64] {
    let tensor = try find(name, .uint64, [count])
    var numbers = [UInt64](repeating: 0, count: count)
    unsafe numbers.withUnsafeMutableBytes { raw in
      if let base = raw.baseAddress { unsafe copyBytes(tensor, to: base) }
    }
    return numbers
  }

  /// A line of the metadata; throws if it is not there.
  package func value(_ key: String) throws(NetworksError) -> String {
    guard let value = metadata[key] else {
      throw .unexpected(path: path, .metadata(key: key, expected: "a value", actual: nil))
    }
    return value
  }

  private func find(
    _ name: String, _ kind: Safetensors.Kind, _ shape: [Int]
  ) throws(NetworksError) -> Safetensors.Tensor {
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw .unexpected(path: path, .missing(tensor: name))
    }
    guard tensor.kind == kind else {
      throw .unexpected(path: path, .kind(tensor: name, expected: kind.rawValue, actual: tensor.kind.rawValue))
    }
    guard tensor.shape == shape else {
      throw .unexpected(path: path, .shape(tensor: name, expected: shape, actual: tensor.shape))
    }
    return tensor
  }

  private func copyBytes(_ tensor: Safetensors.Tensor, to destination: UnsafeMutableRawPointer) {
    unsafe bytes.withUnsafeBytes { raw in
      guard let base = raw.baseAddress else { return }
      unsafe destination.copyMemory(from: base + dataStart + tensor.offset, byteCount: tensor.byteCount)
    }
  }
}
