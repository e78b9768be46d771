import Glibc

/// Exit codes, the same for every command (sysexits.h where one fits).
enum Exit {
  static let failure: Int32 = 1
  static let usage: Int32 = 64
  static let noInput: Int32 = 66
  static let unavailable: Int32 = 69
  static let inputOutput: Int32 = 74
  static let permission: Int32 = 77
  static let configuration: Int32 = 78
}

/// One line on standard error, after the program's name.
func printError(_ message: String) { printLine("limbd: " + message) }

/// One line on standard error that begins with its own place: `FILE:LINE:COLUMN: error: …`.
func printLine(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = unsafe write(2, bytes, bytes.count)
}
