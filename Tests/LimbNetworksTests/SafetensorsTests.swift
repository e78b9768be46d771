import Glibc
import LimbNetworks
import Testing

@Suite("A safetensors file")
struct SafetensorsTests {
  /// A small file of each kind of tensor.
  func sample() -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    writer.set("run", "a \"quoted\" \\ line\n")
    writer.set("format", "pt")
    let numbers: [Float] = [1, -2, 3.5, 0, 5, 6]
    unsafe numbers.withUnsafeBufferPointer { unsafe writer.add(name: "actor.mu.weight", shape: [2, 3], $0) }
    let doubles = [0.1, 0.2]
    unsafe doubles.withUnsafeBufferPointer { unsafe writer.add(name: "log_alpha", shape: [2], $0) }
    writer.add(name: "counters", [1, 2, .max])
    return writer
  }

  func temporaryPath(_ name: String) -> String { "/tmp/limbd-\(getpid())-\(name).safetensors" }

  @Test("comes back as it was written")
  func roundTrip() throws {
    let path = temporaryPath("round-trip")
    defer { unsafe unlink(path) }
    try sample().write(to: path)
    let file = try SafetensorsFile(path: path)
    #expect(file.metadata == ["run": "a \"quoted\" \\ line\n", "format": "pt"])
    #expect(file.tensors.map(\.name) == ["actor.mu.weight", "log_alpha", "counters"])
    let numbers = AlignedBlock<Float>(count: 6)
    try unsafe file.copy("actor.mu.weight", shape: [2, 3], to: numbers.base)
    let read = (0..<6).map { unsafe numbers.base[$0] }
    #expect(read == [1, -2, 3.5, 0, 5, 6])
    let doubles = AlignedBlock<Double>(count: 2)
    try unsafe file.copy("log_alpha", shape: [2], to: doubles.base)
    #expect(unsafe doubles.base[1] == 0.2)
    #expect(try file.counters("counters", count: 3) == [1, 2, .max])
    #expect(unsafe access(path + ".partial", F_OK) != 0)
  }

  @Test("has the same bytes for the same contents, and its data on a multiple of eight")
  func bytes() {
    let bytes = sample().encoded()
    #expect(bytes == sample().encoded())
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    #expect(length % 8 == 0)
    #expect(bytes[8] == UInt8(ascii: "{"))
  }

  @Test("is refused when it is cut anywhere, or longer by a byte")
  func torn() {
    let bytes = sample().encoded()
    for count in 0..<bytes.count {
      #expect(throws: NetworksError.self) { try SafetensorsFile(bytes: Array(bytes[0..<count]), path: "torn") }
    }
    let defect = SafetensorsDefect.length(expectedBytes: bytes.count, actualBytes: bytes.count + 1)
    #expect(throws: NetworksError.malformed(path: "long", defect)) {
      try SafetensorsFile(bytes: bytes + [0], path: "long")
    }
  }

  @Test("with any header byte changed is read as something or refused, and never crashes")
  func corrupted() {
    let bytes = sample().encoded()
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    for position in 0..<8 + length {
      for value: UInt8 in [0, 0x20, 0x22, 0x2c, 0x39, 0x5c, 0x7b, 0x7d, 0xff] {
        var changed = bytes
        changed[position] = value
        _ = try? SafetensorsFile(bytes: changed, path: "changed")
      }
    }
  }

  static let defects: [(header: String, defect: SafetensorsDefect)] = [
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      .hole(tensor: "a", expectedOffset: 0, actualOffset: 4)
    ),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, .size(tensor: "a", expectedBytes: 8, actualBytes: 4)),
    (#"{"a":{"dtype":"BF9","shape":[2],"data_offsets":[0,4]}}"#, .kind(tensor: "a", actual: "BF9")),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
      .duplicate(tensor: "a")
    ),
    (#"["a"]"#, .header(offset: 0, expected: "{ as the first byte")),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, .header(offset: 32, expected: "dtype, shape and data_offsets of a")),
  ]

  @Test("says what is wrong with its header", arguments: defects.indices)
  func header(_ index: Int) {
    let text = Array(Self.defects[index].header.utf8)
    let bytes = [UInt8(text.count), 0, 0, 0, 0, 0, 0, 0] + text + [0, 0, 0, 0]
    #expect(throws: NetworksError.malformed(path: "f", Self.defects[index].defect)) {
      try SafetensorsFile(bytes: bytes, path: "f")
    }
  }

  @Test("names what was expected when it holds something else")
  func mismatch() throws {
    let file = try SafetensorsFile(bytes: sample().encoded(), path: "f")
    let numbers = AlignedBlock<Float>(count: 6)
    #expect(throws: NetworksError.unexpected(path: "f", .missing(tensor: "b"))) {
      try unsafe file.copy("b", shape: [1], to: numbers.base)
    }
    #expect(
      throws: NetworksError.unexpected(path: "f", .shape(tensor: "actor.mu.weight", expected: [3, 2], actual: [2, 3]))
    ) { try unsafe file.copy("actor.mu.weight", shape: [3, 2], to: numbers.base) }
    #expect(throws: NetworksError.unexpected(path: "f", .kind(tensor: "log_alpha", expected: "F32", actual: "F64"))) {
      try unsafe file.copy("log_alpha", shape: [2], to: numbers.base)
    }
    #expect(throws: NetworksError.unexpected(path: "f", .metadata(key: "seed", expected: "a value", actual: nil))) {
      try file.value("seed")
    }
  }

  @Test("cannot be written where there is no directory, and says so")
  func noDirectory() {
    #expect(throws: NetworksError.file(path: "/nonexistent/x.partial", operation: "open", errno: ENOENT)) {
      try sample().write(to: "/nonexistent/x")
    }
  }
}
