internal import Glibc
internal import LimbExperience
package import LimbNetworks
internal import Synchronization
internal import LimbTypes

/// Keeps each policy that the robot has followed: one safetensors file a version under `DIR/policies/`, so that a session
/// log need name only version and hash, and what a policy would have said can be recomputed.
///
/// Three threads meet here, none of them control. The learner offers what it publishes; the recorder asks for the hash when
/// control reports an adoption, which marks the version for keeping; the learner writes what is marked. The newest `limit`
/// files stay, by version. A disk that is full costs the file and is told; nothing waits for it.
package final class PolicyArchive: Sendable {
  private struct Offer: Sendable {
    let version: UInt64
    let hash: UInt64
    /// The tensors one behind the other, without the gaps of the block.
    let numbers: [Float]
    var isAdopted = false
  }

  /// Files kept. The shipped networks take half a megabyte each.
  package static let limit = 500
  /// Published and not yet adopted: control takes the newest, so that older ones can be forgotten.
  private static let patience = 4

  private let directory: String
  private let tensors: [ParameterTensor]
  private let identity: LearnerIdentity
  private let keeps: Int
  private let offers = Mutex<[Offer]>([])

  /// - Parameters:
  ///   - directory: it exists.
  ///   - actor: the network whose parameter blocks are offered.
  ///   - keeps: how many files stay.
  package init(directory: String, actor: DenseStack, identity: LearnerIdentity, keeps: Int = PolicyArchive.limit) {
    self.directory = directory
    tensors = actor.tensors.map { $0.placed(at: 0, prefix: "actor.") }
    self.identity = identity
    self.keeps = keeps
  }

  /// The highest version of any file kept here, 0 without one. At start: a run that is taken up again counts on from it,
  /// since its checkpoint may be older than the policy last followed, and a version never names two policies.
  package func newestVersion() -> UInt64 { kept().last?.version ?? 0 }

  /// The newest version under which exactly these parameters are kept; nil if they are new. At start.
  package func version(of block: UnsafePointer<Float>) -> UInt64? {
    let wanted = unsafe hexadecimal(Self.hash(numbers(of: block)))
    return kept().last { $0.hash == wanted }?.version
  }

  /// Version and hash of each file, oldest version first.
  private func kept() -> [(version: UInt64, hash: String)] {
    ((try? PosixFile.names(in: directory)) ?? []).compactMap { name in
      let parts = name.split(separator: "-")
      guard parts.count == 3, parts[0] == "policy", parts[2].hasSuffix(".safetensors"), let version = UInt64(parts[1])
      else { return nil }
      return (version, String(parts[2].dropLast(".safetensors".count)))
    }.sorted { $0.version < $1.version }
  }

  /// The tensors one behind the other, without the gaps of the block.
  private func numbers(of block: UnsafePointer<Float>) -> [Float] {
    var numbers: [Float] = []
    numbers.reserveCapacity(tensors.reduce(0) { $0 + $1.count })
    for tensor in tensors {
      unsafe numbers.append(contentsOf: UnsafeBufferPointer(start: block + tensor.offset, count: tensor.count))
    }
    return numbers
  }

  /// Remembers what is published under `version`: the actor's block. The learner's thread.
  package func offer(version: UInt64, _ block: UnsafePointer<Float>) {
    let numbers = unsafe numbers(of: block)
    let offer = Offer(version: version, hash: Self.hash(numbers), numbers: numbers)
    offers.withLock { list in
      list.removeAll { $0.version == version && !$0.isAdopted }
      list.append(offer)
      let waiting = list.count { !$0.isAdopted }
      if waiting > Self.patience, let oldest = list.firstIndex(where: { !$0.isAdopted }) { list.remove(at: oldest) }
    }
  }

  /// Control follows `version` from now on: it will be kept. Gives the hash of its parameters, nil if it was not offered
  /// here (or so long ago that it is forgotten). The recorder's thread.
  package func adopt(version: UInt64) -> UInt64? {
    offers.withLock { list in
      guard let index = list.lastIndex(where: { $0.version == version }) else { return nil }
      list[index].isAdopted = true
      return list[index].hash
    }
  }

  /// Writes what was adopted and is not kept yet, then lets go of the oldest files. Gives how many files were written. On
  /// an error the version is given up. The learner's thread.
  @discardableResult
  package func store() throws(LearningError) -> Int {
    let due = offers.withLock { list in
      defer { list.removeAll(where: \.isAdopted) }
      return list.filter(\.isAdopted)
    }
    guard !due.isEmpty else { return 0 }
    var written = 0
    for offer in due {
      let path = directory + "/" + Self.fileName(version: offer.version, hash: offer.hash)
      if unsafe access(path, F_OK) == 0 { continue }
      do throws(NetworksError) { try encode(offer).write(to: path) } catch { throw .networks(error) }
      written += 1
    }
    if written > 0 { forgetOldest() }
    return written
  }

  /// `policy-VERSION-HASH.safetensors`: ten digits, so that names sort by version, and the hash, by which the session log
  /// names what it followed and a run that is taken up again finds out whether its policy is kept already.
  package static func fileName(version: UInt64, hash: UInt64) -> String {
    let digits = String(version)
    return "policy-\(String(repeating: "0", count: max(0, 10 - digits.count)))\(digits)-\(hexadecimal(hash)).safetensors"
  }

  /// FNV-1a, 64 bits, over the bit patterns of the parameters, each as one 32-bit word, in the order of the file.
  package static func hash(_ numbers: [Float]) -> UInt64 {
    numbers.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3 }
  }

  private func encode(_ offer: Offer) -> SafetensorsWriter {
    var writer = SafetensorsWriter()
    var start = 0
    for tensor in tensors {
      let part = Array(offer.numbers[start..<start + tensor.count])
      unsafe part.withUnsafeBufferPointer { unsafe writer.add(name: tensor.name, shape: tensor.shape, $0) }
      start += tensor.count
    }
    writer.set("format", "pt")
    writer.set("limbd.format", "limbd-policy-1")
    writer.set("limbd.policy_version", String(offer.version))
    writer.set("limbd.parameter_hash", hexadecimal(offer.hash))
    writer.set("limbd.profile", identity.profileName)
    writer.set("limbd.observation_hash", hexadecimal(identity.observationHash))
    writer.set("limbd.action_hash", hexadecimal(identity.actionHash))
    writer.set("limbd.reward_hash", hexadecimal(identity.rewardHash))
    return writer
  }

  private func forgetOldest() {
    let names = ((try? PosixFile.names(in: directory)) ?? []).filter {
      $0.hasPrefix("policy-") && $0.hasSuffix(".safetensors")
    }
    guard names.count > keeps else { return }
    for name in names.dropLast(keeps) { _ = unsafe unlink(directory + "/" + name) }
  }
}
