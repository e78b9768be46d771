/// Which build this is; stored in every session and checkpoint (promise E4).
package enum BuildIdentity {
  /// The version of the program.
  package static let version = "0.1.0"
  /// Version, language and configuration.
  package static var text: String {
    #if DEBUG
      "\(version) (debug)"
    #else
      version
    #endif
  }
}
