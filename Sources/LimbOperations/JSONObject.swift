/// A JSON object built field by field, in the order in which fields are added, so that the same run gives the same
/// bytes.
package struct JSONObject: Sendable {
  private var body = ""

  /// An empty object.
  package init() {}

  private mutating func add(_ key: String, _ value: String) {
    if !body.isEmpty { body += "," }
    body += jsonString(key) + ":" + value
  }

  /// Adds a string.
  package mutating func set(_ key: String, _ value: String) { add(key, jsonString(value)) }
  /// Adds a whole number.
  package mutating func set(_ key: String, _ value: some BinaryInteger) { add(key, "\(value)") }
  /// Adds true or false.
  package mutating func set(_ key: String, _ value: Bool) { add(key, value ? "true" : "false") }
  /// Adds a number; what is not finite becomes null, since JSON has no word for it.
  package mutating func set(_ key: String, _ value: Double) { add(key, value.isFinite ? "\(value)" : "null") }
  /// Adds a number in the shortest form that gives the same Float back.
  package mutating func set(_ key: String, _ value: Float) { add(key, value.isFinite ? "\(value)" : "null") }
  /// Adds an object.
  package mutating func set(_ key: String, _ value: JSONObject) { add(key, value.text) }
  /// Adds null.
  package mutating func setNull(_ key: String) { add(key, "null") }
  /// Adds a list of objects.
  package mutating func set(_ key: String, _ values: [JSONObject]) {
    add(key, "[" + values.map(\.text).joined(separator: ",") + "]")
  }
  /// Adds a list of strings.
  package mutating func set(_ key: String, _ values: [String]) {
    add(key, "[" + values.map(jsonString).joined(separator: ",") + "]")
  }

  /// The object as one line without a newline.
  package var text: String { "{" + body + "}" }
}

/// `value` with `digits` digits after the point, for people. Off the control path.
package func fixed(_ value: Double, _ digits: Int) -> String {
  guard value.isFinite else { return "–" }
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let rounded = (abs(value) * scale).rounded()
  guard rounded < 9e15 else { return "\(value)" }
  let whole = Int64(rounded)
  let integer = whole / Int64(scale)
  let sign = value < 0 && whole != 0 ? "-" : ""
  guard digits > 0 else { return sign + "\(integer)" }
  let fraction = String(whole % Int64(scale))
  return sign + "\(integer)." + String(repeating: "0", count: digits - fraction.count) + fraction
}
