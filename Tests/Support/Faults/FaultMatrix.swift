import Foundation

/// The fault matrix: every row once, in the order of docs/safety.md, and where what was measured is left.
///
/// A test that has put a row to the proof calls `report`; `scripts/fault-matrix` makes the table of what was reported, and
/// refuses if a row is missing. So the table in the docs is what a run found, and a row without a test cannot stand in it.
package enum FaultMatrix {
  /// Every row.
  package static let rows = line + sensors + device + host + storage + people + arms

  /// The row of that name; a test that names none is wrong.
  package static func row(_ name: String) -> FaultRow {
    guard let row = rows.first(where: { $0.name == name }) else { preconditionFailure("the fault matrix has no row \(name)") }
    return row
  }

  /// Leaves what was found for `scripts/fault-matrix`: a line of JSON in the file that `LIMBD_FAULTS` names. Without that
  /// variable nothing is written.
  ///
  /// - Parameters:
  ///   - ticks: until safe, on the injected clock or in lockstep; nil on the wall's.
  ///   - path: the states entered since the fault began, by name.
  ///   - logged: what log, status or the program's own words said of it, as the test has seen it.
  package static func report(_ name: String, ticks: Int? = nil, path: [String], logged: [String]) {
    let row = row(name)
    guard let file = ProcessInfo.processInfo.environment["LIMBD_FAULTS"] else { return }
    let number = rows.firstIndex { $0.name == name }! + 1
    var object: [String: Any] = [
      "number": number, "of": rows.count, "name": name, "fault": row.fault, "clock": row.clock.rawValue,
      "safe": row.safe.rawValue, "logged": logged.joined(separator: ", "), "kept": row.kept, "back": row.back, "path": path,
    ]
    object["bound"] = row.ticks
    object["ticks"] = ticks
    guard var line = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys]) else { return }
    line.append(UInt8(ascii: "\n"))
    // Suites run beside each other: one write at the file's end, whole.
    let descriptor = unsafe open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    _ = unsafe line.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }
}
