internal import Glibc

extension RobotProfile {
  /// The largest profile file, bytes. Shipped ones have about ten thousand.
  package static let fileLimitBytes = 256 * 1024

  /// Loads a profile from text already in memory. `file` is the name that messages carry.
  ///
  /// - Throws: `ProfileError.invalid` with every mistake that was found, in the order of the file, or `.tooLarge`.
  package static func load(yaml: String, file: String = "profile.yaml") throws(ProfileError) -> RobotProfile {
    try load(bytes: Array(yaml.utf8), file: file)
  }

  /// Loads a profile from raw bytes; any bytes lead to a profile or to an error.
  package static func load(bytes: [UInt8], file: String) throws(ProfileError) -> RobotProfile {
    guard bytes.count <= fileLimitBytes else {
      throw .tooLarge(file: file, bytes: bytes.count, limitBytes: fileLimitBytes)
    }
    let (root, problems) = try YAMLDocument.parse(bytes, file: file)
    return try ProfileLoader(log: ProfileLog(file: file, problems: problems)).load(root)
  }

  /// Loads a profile from a file. Relative paths inside it stay as they are; `simulationModelPath` resolves them.
  package static func load(path: String) throws(ProfileError) -> RobotProfile {
    try load(bytes: try read(path), file: path)
  }

  /// Where the simulator's model lies, for a profile that was loaded from `profilePath`: a relative
  /// `simulation.model` counts from the profile's folder. Nil without a simulation.
  package func simulationModelPath(profilePath: String) -> String? {
    simulation.map { Self.besideProfile($0.modelPath, profilePath) }
  }

  /// Where `learning.prior_data` lies, in the same way. Nil without.
  package func priorDataPath(profilePath: String) -> String? {
    learning.priorData.map { Self.besideProfile($0, profilePath) }
  }

  private static func besideProfile(_ path: String, _ profilePath: String) -> String {
    guard !path.hasPrefix("/"), let slash = profilePath.lastIndex(of: "/") else { return path }
    return String(profilePath[...slash]) + path
  }

  /// What the disk says of the files that the profile names, for one that was loaded from `profilePath`: an error if the
  /// model of a simulated robot cannot be read. A real robot needs none.
  package func fileFindings(profilePath: String) -> [ProfileFinding] {
    guard link.isSimulated, let model = simulationModelPath(profilePath: profilePath) else { return [] }
    guard unsafe access(model, R_OK) != 0 else { return [] }
    return [
      ProfileFinding(
        .error, of: self, path: "simulation.model",
        message: "\(model) cannot be read (\(RobotProfile.reason())); a relative path counts from the profile's folder")
    ]
  }

  /// The bytes of a regular file within the size limit.
  static func read(_ path: String) throws(ProfileError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(file: path, reason: reason()) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .unreadable(file: path, reason: reason()) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(file: path, reason: "it is not a file") }
    guard status.st_size <= fileLimitBytes else {
      throw .tooLarge(file: path, bytes: Int(status.st_size), limitBytes: fileLimitBytes)
    }
    var bytes = [UInt8](repeating: 0, count: fileLimitBytes + 1)
    var count = 0
    while count < bytes.count {
      let received = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
      }
      if received < 0 && errno == EINTR { continue }
      guard received >= 0 else { throw .unreadable(file: path, reason: reason()) }
      if received == 0 { break }
      count += received
    }
    return Array(bytes.prefix(count))
  }

  private static func reason() -> String {
    unsafe String(cString: strerror(errno))
  }
}
