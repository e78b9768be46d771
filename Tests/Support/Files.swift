internal import Foundation

/// The repository that the tests stand in.
package enum Repository {
  /// Its absolute path.
  package static let root: String = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The absolute path of one of its files.
  package static func path(_ relative: String) -> String { root + "/" + relative }

  /// The text of one of its files.
  package static func text(_ relative: String) throws -> String {
    try String(contentsOfFile: path(relative), encoding: .utf8)
  }
}

/// All bytes of a file.
package func readFile(_ path: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: URL(filePath: path))) }

/// Makes or overwrites a file, in place: whoever has it open or mapped sees the new bytes.
package func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  if !FileManager.default.fileExists(atPath: path) { _ = FileManager.default.createFile(atPath: path, contents: nil) }
  let file = try FileHandle(forWritingTo: URL(filePath: path))
  defer { try? file.close() }
  try file.truncate(atOffset: 0)
  try file.write(contentsOf: Data(bytes))
}
