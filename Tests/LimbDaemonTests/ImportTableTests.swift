import Foundation
import LimbTestSupport
import Testing

@Suite("Rooms")
struct ImportTableTests {
  /// Modules of Swift itself and of the packages in the dependency table: free off the control path.
  static let free: Set<String> = ["Swift", "Synchronization", "Glibc", "Foundation", "FoundationEssentials", "Logging", "ArgumentParser", "Dispatch"]

  /// Room → what it may import, from the table in docs/architecture.md.
  static func table() throws -> [String: Set<String>] {
    let text = try Repository.text("docs/architecture.md")
    let body = text.components(separatedBy: "<!-- rooms -->")[1].components(separatedBy: "<!-- /rooms -->")[0]
    var rooms: [String: Set<String>] = [:]
    var order: [String] = []
    for line in body.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      let name = cells[0].trimmingCharacters(in: CharacterSet(charactersIn: "`"))
      var allowed = Set(cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
      if allowed.remove("all above") != nil { allowed.formUnion(order) }
      allowed.remove("–")
      rooms[name] = allowed
      order.append(name)
    }
    return rooms
  }

  /// Every module that a Swift file of `room` imports.
  static func imports(of room: String) throws -> [(file: String, module: String)] {
    let directory = URL(filePath: Repository.path("Sources/\(room)"))
    var found: [(String, String)] = []
    for file in try FileManager.default.contentsOfDirectory(atPath: directory.path) where file.hasSuffix(".swift") {
      let text = try String(contentsOf: directory.appending(path: file), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        guard let at = words.firstIndex(of: "import"), at <= 2, words.prefix(at).allSatisfy({ importPrefixes.contains($0) })
        else { continue }
        let module = words[at + 1].split(separator: ".")[0]
        found.append((file, String(module)))
      }
    }
    return found
  }

  static let importPrefixes: Set<String> = ["public", "package", "internal", "@testable", "@preconcurrency", "private", "fileprivate"]

  @Test("no room imports what the table of docs/architecture.md does not grant it")
  func everyImportIsGranted() throws {
    let rooms = try Self.table()
    #expect(rooms.count >= 14)
    for (room, allowed) in rooms {
      let imports = try Self.imports(of: room)
      #expect(!imports.isEmpty || allowed.isEmpty, "\(room) imports nothing, the table grants \(allowed)")
      for (file, module) in imports where !Self.free.contains(module) {
        #expect(allowed.contains(module), "\(room)/\(file) imports \(module)")
      }
    }
  }

  @Test("every room under Sources stands in the table, shims and executables apart")
  func everyRoomIsListed() throws {
    let rooms = try Self.table()
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Repository.path("Sources"))
    for folder in folders where folder.hasPrefix("Limb") { #expect(rooms[folder] != nil, "\(folder)") }
  }

  @Test("rooms on the control path use no Foundation")
  func noFoundationNearControl() throws {
    for room in ["LimbTypes", "LimbLink", "LimbTask", "LimbControl"] {
      for (file, module) in try Self.imports(of: room) { #expect(!module.hasPrefix("Foundation"), "\(room)/\(file)") }
    }
  }
}
