import Foundation
import LimbLearning
import LimbNetworks
import Testing

@Suite("Kept policies")
struct PolicyArchiveTests {
  private let directory: String
  private let actor = Learner(smallHyperparameters(), identity: testIdentity).core.actorStack

  init() throws {
    directory = "/tmp/limbd-\(getpid())-policies-\(UInt32.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: directory).sorted() }

  private func archive(keeps: Int = 500) -> PolicyArchive {
    PolicyArchive(directory: directory, actor: actor, identity: testIdentity, keeps: keeps)
  }

  private func offer(_ archive: PolicyArchive, _ version: UInt64, _ first: Float = 0) {
    var numbers = (0..<actor.parameterCount).map { Float($0) * 0.001 }
    numbers[0] = first
    unsafe archive.offer(version: version, numbers)
  }

  @Test("what was adopted is kept once, number for number, under its version and hash; what was not, is not")
  func keeps() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let archive = archive()
    offer(archive, 7)
    offer(archive, 8, 0.5)
    #expect(try archive.store() == 0 && names().isEmpty)
    let hash = try #require(archive.adopt(version: 8))
    #expect(try archive.store() == 1)
    #expect(try archive.store() == 0)
    let name = PolicyArchive.fileName(version: 8, hash: hash)
    #expect(try names() == [name] && name.hasPrefix("policy-0000000008-"))
    let file = try SafetensorsFile(path: directory + "/" + name)
    #expect(file.metadata["limbd.policy_version"] == "8" && file.metadata["limbd.format"] == "limbd-policy-1")
    for tensor in actor.tensors {
      var part = [Float](repeating: .nan, count: tensor.count)
      try unsafe file.copy("actor." + tensor.name, shape: tensor.shape, to: &part)
      let expected = (0..<tensor.count).map { $0 + tensor.offset == 0 ? 0.5 : Float($0 + tensor.offset) * 0.001 }
      #expect(part == expected, "\(tensor.name)")
    }
    // The hash can be computed again from the file alone.
    var numbers: [Float] = []
    for tensor in file.tensors {
      var part = [Float](repeating: .nan, count: tensor.byteCount / 4)
      try unsafe file.copy(tensor.name, shape: tensor.shape, to: &part)
      numbers += part
    }
    #expect(PolicyArchive.hash(numbers) == hash)
    #expect(archive.adopt(version: 99) == nil)
  }

  @Test("a run that is taken up again finds the newest version, and the one under which its policy is kept")
  func versions() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    #expect(archive().newestVersion() == 0)
    for version in [UInt64(4), 7, 123] {
      let archive = archive()
      offer(archive, version, Float(version))
      _ = archive.adopt(version: version)
      try archive.store()
    }
    _ = FileManager.default.createFile(atPath: directory + "/policy-0000000999-x.tmp", contents: nil)
    let resumed = archive()
    #expect(resumed.newestVersion() == 123)
    var numbers = (0..<actor.parameterCount).map { Float($0) * 0.001 }
    numbers[0] = 7
    #expect(unsafe resumed.version(of: numbers) == 7)
    numbers[0] = 7.5
    #expect(unsafe resumed.version(of: numbers) == nil)
  }

  @Test("the same version with other numbers is another file")
  func otherNumbers() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    for first in [Float(1), 2, 2] {
      let archive = archive()
      offer(archive, 3, first)
      _ = archive.adopt(version: 3)
      try archive.store()
    }
    #expect(try names().count == 2)
  }

  @Test("of what is published and never adopted the oldest is forgotten; the oldest files go first")
  func bounded() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let archive = archive(keeps: 5)
    for version in 1...9 { offer(archive, UInt64(version)) }
    #expect(archive.adopt(version: 1) == nil && archive.adopt(version: 9) != nil)
    for version in 10...30 {
      offer(archive, UInt64(version))
      _ = archive.adopt(version: UInt64(version))
      try archive.store()
    }
    #expect(try names().map { $0.dropFirst(7).prefix(10) } == (26...30).map { "00000000\($0)" })
  }

  @Test("a directory that takes nothing is an error, and the next version is tried again")
  func trouble() throws {
    let archive = archive()
    try FileManager.default.removeItem(atPath: directory)
    offer(archive, 1)
    _ = archive.adopt(version: 1)
    #expect(throws: LearningError.self) { try archive.store() }
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    offer(archive, 2)
    _ = archive.adopt(version: 2)
    #expect(try archive.store() == 1)
  }
}
