import ArgumentParser
import Glibc
import LimbDaemon
import LimbExperience
import LimbNetworks
import LimbOperations
import LimbSessions
import LimbTypes

/// `limbd inspect`.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "What is in a state directory, a session log, a checkpoint or a policy.",
    discussion: "Reads only, takes no lock and mends nothing: it may be used beside a running daemon.")

  @Argument(help: "A state directory, a .limblog file, or a .safetensors file: checkpoint or policy.", completion: .file())
  var path: String

  @Flag(help: "One JSON object.")
  var json = false

  func run() throws {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      printError("\(path): no such file or directory")
      throw ExitCode(Exit.noInput)
    }
    do {
      let object: JSONObject
      if status.st_mode & S_IFMT == S_IFDIR {
        object = try store()
      } else if path.hasSuffix(".safetensors") {
        object = try checkpoint()
      } else if path.hasSuffix(".limblog") {
        object = try session()
      } else {
        printError("\(path): found a file of another name, expected \(Self.expected)")
        throw ExitCode(Exit.usage)
      }
      print(json ? object.text : (JSONReader(object.text)?.outline ?? object.text))
    } catch let error as ExitCode {
      throw error
    } catch {
      printError("\(path): \(error)")
      throw ExitCode(Exit.inputOutput)
    }
  }

  private static let expected =
    "a state directory (with replay/ in it, as --state of run made it), a .limblog file, or a .safetensors file"

  /// A directory of another kind is named as such, with the state directory that it may belong to or hold.
  private func checkStateDirectory() throws {
    func isDirectory(_ path: String) -> Bool {
      var status = stat()
      return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
    if isDirectory(path + "/replay") { return }
    var near: [String] = isDirectory(path + "/../replay") ? [path + "/.."] : []
    let names = ((try? PosixFile.names(in: path)) ?? []).sorted()
    near += names.map { path + "/" + $0 }.filter { isDirectory($0 + "/replay") }.prefix(3)
    let hint = near.isEmpty ? "" : "; \(near.joined(separator: ", ")) \(near.count == 1 ? "is one" : "are some")"
    printError("\(path): found a directory without replay/, expected \(Self.expected)\(hint)")
    throw ExitCode(Exit.noInput)
  }

  private func store() throws -> JSONObject {
    try checkStateDirectory()
    let found = try ReplayInspection(stateDirectory: path)
    var object = JSONObject()
    object.set("kind", "state directory")
    object.set("transitions", found.steps)
    object.set("episode_ends", found.closes)
    object.set("contexts", found.contexts)
    object.set("segments", found.headers.count)
    object.set("damaged_records", found.damagedRecords)
    object.set("damaged_segments", found.damagedSegments)
    if let first = found.firstSequence { object.set("first_seq", first) }
    if let last = found.lastSequence { object.set("last_seq", last) }
    var ends = JSONObject()
    for cause in EndCause.allCases where found.ends[Int(cause.rawValue)] > 0 {
      ends.set("\(cause.name)", found.ends[Int(cause.rawValue)])
    }
    object.set("ends", ends)
    if let header = found.headers.last {
      object.set("profile", header.profile)
      object.set("runs", header.runCounter)
      object.set("record_bytes", header.recordBytes)
    }
    for folder in ["sessions", "blackbox", "checkpoints", "policies", "truth"] { listFolder(folder, in: &object) }
    return object
  }

  /// The files of a part of the state, and the newest of them, which is the last by name: to be inspected by itself.
  private func listFolder(_ folder: String, in object: inout JSONObject) {
    guard let names = try? PosixFile.names(in: path + "/" + folder), let newest = names.max() else { return }
    var part = JSONObject()
    part.set("files", names.count)
    part.set("newest", folder + "/" + newest)
    object.set(folder, part)
  }

  private func checkpoint() throws -> JSONObject {
    let file = try SafetensorsFile(path: path)
    var object = JSONObject()
    object.set("kind", file.metadata["limbd.format"]?.hasPrefix("limbd-policy") == true ? "policy" : "checkpoint")
    object.set("tensors", file.tensors.count)
    let names = (file.metadata["limbd.counters"] ?? "").split(separator: ",").map(String.init)
    if !names.isEmpty {
      var counters = JSONObject()
      for (name, value) in zip(names, try file.counters("counters", count: names.count)) { counters.set(name, value) }
      object.set("counters", counters)
    }
    for key in file.metadata.keys.sorted() where key != "limbd.counters" { object.set(key, file.metadata[key] ?? "") }
    return object
  }

  private func session() throws -> JSONObject {
    var reader = SessionReader(path: path)
    var counts = [0, 0, 0, 0, 0]
    while let entry = try reader.next() {
      switch entry {
      case .tick: counts[0] += 1
      case .event: counts[1] += 1
      case .step: counts[2] += 1
      case .keyFrame: counts[3] += 1
      case .policy: counts[4] += 1
      default: break
      }
    }
    var object = JSONObject()
    object.set("kind", "session log")
    for (name, count) in zip(["ticks", "events", "steps", "key_frames", "policies"], counts) { object.set(name, count) }
    object.set("gaps", reader.gaps.count)
    object.set("damaged_bytes", reader.damagedBytes)
    let next = nextPart()
    object.set("closed_in_order", reader.wasClosedInOrder || next != nil)
    if let next { object.set("continued_in", next) }
    return object
  }

  /// The file in which the session goes on, if this one grew full: a part without a closing entry, and in order.
  private func nextPart() -> String? {
    let folders = path.split(separator: "/", omittingEmptySubsequences: false)
    guard let name = folders.last, let part = SessionPart(fileName: String(name)) else { return nil }
    let next = SessionPart(run: part.run, part: part.part + 1).fileName
    let place = (folders.dropLast() + [Substring(next)]).joined(separator: "/")
    return unsafe access(place, F_OK) == 0 ? next : nil
  }
}

extension JSONReader {
  /// The members of an object, one a line, for a person.
  var outline: String {
    guard case .object(let members) = self else { return plain }
    return members.map { "\($0.key): \($0.value.plain)" }.joined(separator: "\n")
  }

  private var plain: String {
    switch self {
    case .null: "–"
    case .bool(let value): value ? "yes" : "no"
    case .number(let number): number == number.rounded() ? fixed(number, 0) : "\(number)"
    case .text(let text): text
    case .list(let items): items.map(\.plain).joined(separator: ", ")
    case .object(let members): members.map { "\($0.key) \($0.value.plain)" }.joined(separator: ", ")
    }
  }
}
