/// Sixteen hexadecimal digits, lower case: how hashes and ids appear in every file and message. Off the control path.
package func hexadecimal(_ number: UInt64) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
