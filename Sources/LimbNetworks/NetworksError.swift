/// What can go wrong in this room.
package enum NetworksError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The BLAS gives wrong products on this processor.
  case blasWrong(rows: Int, columns: Int, inner: Int, largestError: Double, allowed: Double, coreType: String)
  /// A system call on a file failed.
  case file(path: String, operation: String, errno: Int32)
  /// The file is no safetensors file, or a torn one.
  case malformed(path: String, SafetensorsDefect)
  /// The file is sound but holds something else than was asked for.
  case unexpected(path: String, SafetensorsMismatch)

  /// A sentence for the operator: what was found, what was expected, and the remedy where there is one.
  package var description: String {
    switch self {
    case .blasWrong(let rows, let columns, let inner, let largestError, let allowed, let coreType):
      """
      the BLAS library is wrong on this processor: a product of \(rows)×\(inner) and \(inner)×\(columns) is off by \
      \(largestError), allowed \(allowed) (kernels: \(coreType)). Choose other kernels by the environment variable \
      OPENBLAS_CORETYPE (for instance OPENBLAS_CORETYPE=Haswell on x86-64, ARMV8 on aarch64) or update OpenBLAS
      """
    case .file(let path, let operation, let errno): "\(path): \(operation) failed with errno \(errno)"
    case .malformed(let path, let defect): "\(path): not a sound safetensors file: \(defect)"
    case .unexpected(let path, let mismatch): "\(path): \(mismatch)"
    }
  }
}

/// Why a file is no safetensors file.
package enum SafetensorsDefect: Error, Equatable, Sendable {
  /// Fewer bytes than the eight of the header's length, or than the header says.
  case tooShort(expectedBytes: Int, actualBytes: Int)
  /// A header's length that no file of ours has.
  case headerTooLong(limitBytes: Int, actualBytes: UInt64)
  /// The header is not the JSON it should be, at this byte of it.
  case header(offset: Int, expected: String)
  /// Tensor data do not start where the last ended: a hole, an overlap or a wrong order.
  case hole(tensor: String, expectedOffset: Int, actualOffset: Int)
  /// A tensor's shape and its bytes disagree.
  case size(tensor: String, expectedBytes: Int, actualBytes: Int)
  /// The same name twice.
  case duplicate(tensor: String)
  /// A number type that this reader does not know.
  case kind(tensor: String, actual: String)
  /// More or fewer bytes than the tensors need.
  case length(expectedBytes: Int, actualBytes: Int)
}

/// Why a sound file is not the one asked for.
package enum SafetensorsMismatch: Equatable, Sendable {
  case missing(tensor: String)
  case shape(tensor: String, expected: [Int], actual: [Int])
  case kind(tensor: String, expected: String, actual: String)
  /// A metadata key that is missing (actual nil) or has another value.
  case metadata(key: String, expected: String, actual: String?)
}
