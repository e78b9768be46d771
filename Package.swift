// swift-tools-version: 6.2
import PackageDescription

// Switches, all read from the environment so that one checkout serves every build:
//   LIMBD_NO_SIMULATOR=1   leave the simulator (and MuJoCo) out: what a robot computer needs
//   LIMBD_STRICT=1         warnings are errors (CI); only own targets, never dependencies
//   LIMBD_ONLY=A,B         build only these rooms' test targets: quick loops while working on one room
let environment = Context.environment
let withSimulator = environment["LIMBD_NO_SIMULATOR"] == nil
let strict = environment["LIMBD_STRICT"] != nil
let only = environment["LIMBD_ONLY"].map { Set($0.split(separator: ",").map(String.init)) }

let settings: [SwiftSetting] =
  [
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
  ] + (strict ? [.treatAllWarnings(as: .error)] : [])

/// Rooms whose loops are unusable at -Onone (300 times slower): optimised in debug builds too.
let kernels: [SwiftSetting] = settings + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let cSettings: [CSetting] = [.define("_GNU_SOURCE")]
/// Every symbol bound at start: no lazy binding on the control thread.
let bindNow: [LinkerSetting] = [.unsafeFlags(["-Xlinker", "-z", "-Xlinker", "now"])]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// A room of the house: `docs/architecture.md` holds the table of what may import what.
func room(_ name: String, _ dependencies: [Target.Dependency], kernel: Bool = false) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: kernel ? kernels : settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name), "LimbTestSupport"] + dependencies,
    resources: resources, swiftSettings: settings)
}

var targets: [Target] = [
  // Shims, a screenful each.
  .systemLibrary(name: "CSerialPort", pkgConfig: "libserialport", providers: [.apt(["libserialport-dev"])]),
  .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
  .systemLibrary(name: "CBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
  .target(
    name: "CKernels",
    cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off", "-fno-math-errno", "-Wall", "-Wextra", "-Wpedantic"])]),
  .target(name: "CRealtime", cSettings: cSettings, linkerSettings: [.linkedLibrary("m")]),
  .target(
    name: "CLimbLink", path: "firmware-protocol/c", exclude: ["tests", "Makefile"],
    cSettings: [.unsafeFlags(["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-ffp-contract=off"])]),

  // Values and pure rooms.
  room("LimbTypes", ["CRealtime"], kernel: true),
  room("LimbLink", [], kernel: true),
  room("LimbProfile", ["LimbTypes", "CYAML"]),
  room("LimbTask", ["LimbTypes", "LimbProfile"], kernel: true),

  // The control path.
  room("LimbRealtime", ["LimbTypes", "CRealtime"]),
  room("LimbNetworks", ["LimbTypes", "CBLAS", "CKernels"], kernel: true),
  room("LimbDevices", ["LimbTypes", "LimbLink", "LimbProfile", "LimbRealtime", "CSerialPort", "CRealtime"]),
  room(
    "LimbControl",
    ["LimbTypes", "LimbProfile", "LimbTask", "LimbRealtime", "LimbNetworks", "LimbDevices"], kernel: true),

  // Experience and learning.
  room("LimbExperience", ["LimbTypes", "LimbLink", "LimbProfile", "LimbTask", "CKernels"], kernel: true),
  room("LimbSessions", ["LimbTypes", "LimbLink", "LimbProfile"]),
  room(
    "LimbLearning",
    ["LimbTypes", "LimbProfile", "LimbTask", "LimbRealtime", "LimbNetworks", "LimbExperience", "CKernels"],
    kernel: true),

  // Somebody else's environment, or learner.
  room(
    "LimbEnvironment",
    ["LimbTypes", "LimbRealtime", "LimbNetworks", "LimbExperience", "LimbLearning"], kernel: true),

  // What tests of several rooms need: a folder that goes away, the repository's files, random numbers.
  .target(name: "LimbTestSupport", path: "Tests/Support", exclude: ["close_once.c", "hold_thread.c", "pty_as_port.c", "shifted_clock.c"], swiftSettings: settings),

  // The daemon.
  room(
    "LimbOperations",
    ["LimbTypes", "LimbProfile", "LimbRealtime", "LimbDevices", "LimbExperience", "LimbSessions"]),
  room(
    "LimbDaemon",
    [
      "LimbTypes", "LimbLink", "LimbProfile", "LimbTask", "LimbRealtime", "LimbNetworks", "LimbDevices", "LimbControl",
      "LimbExperience", "LimbSessions", "LimbLearning", "LimbEnvironment", "LimbOperations", "CRealtime", logging,
    ]),
  .executableTarget(
    name: "limbd",
    dependencies: [
      "LimbTypes", "LimbLink", "LimbProfile", "LimbTask", "LimbRealtime", "LimbNetworks", "LimbDevices", "LimbControl",
      "LimbExperience", "LimbSessions", "LimbLearning", "LimbOperations", "LimbDaemon", argumentParser, logging,
    ],
    swiftSettings: settings, linkerSettings: bindNow),
]

var testTargets: [Target] = [
  tests("LimbTypes"),
  tests("LimbLink", ["CLimbLink"]),
  tests("CLimbLink"),
  tests("LimbProfile", ["LimbTypes"]),
  tests("LimbTask", ["LimbTypes", "LimbProfile", "LimbRealtime"]),
  tests("LimbRealtime", ["LimbTypes", "CRealtime"]),
  tests("LimbNetworks", ["LimbTypes", "CRealtime", "CKernels"]),
  tests("LimbDevices", ["LimbTypes", "LimbLink", "CLimbLink", "LimbProfile", "LimbRealtime", "CRealtime"]),
  tests(
    "LimbControl",
    ["LimbTypes", "LimbProfile", "LimbTask", "LimbRealtime", "LimbNetworks", "LimbDevices", "CLimbLink", "CRealtime"]),
  tests("LimbExperience", ["LimbTypes", "LimbLink", "LimbProfile", "LimbTask", "CRealtime"]),
  tests("LimbSessions", ["LimbTypes", "LimbLink", "LimbProfile"]),
  tests("LimbLearning", ["LimbTypes", "LimbProfile", "LimbTask", "LimbNetworks", "LimbExperience", "LimbRealtime"]),
  tests(
    "LimbEnvironment", ["LimbTypes", "LimbProfile", "LimbNetworks", "LimbExperience", "LimbLearning", "LimbRealtime"]),
  tests("LimbOperations", ["LimbTypes", "LimbProfile", "LimbRealtime"]),
  tests(
    "LimbDaemon",
    [
      "LimbTypes", "LimbLink", "LimbProfile", "LimbTask", "LimbControl", "LimbExperience", "LimbSessions", "LimbNetworks",
      "LimbLearning", "LimbEnvironment", "LimbOperations", "limbd",
    ]),
]

if withSimulator {
  targets += [
    .systemLibrary(name: "CMuJoCo", providers: [.apt(["libmujoco-dev"])]),
    room(
      "LimbSimulator", ["LimbTypes", "LimbProfile", "LimbTask", "CMuJoCo", "CLimbLink", "CRealtime"], kernel: true),
    .executableTarget(
      name: "limbd-sim", dependencies: ["LimbTypes", "LimbProfile", "LimbSimulator", argumentParser],
      swiftSettings: settings, linkerSettings: bindNow),
  ]
  testTargets += [tests("LimbSimulator", ["LimbTypes", "LimbProfile", "LimbTask", "CLimbLink", "LimbLink"])]
}

// Without the daemon's own tests the programs and what only they need are left out too: a sanitizer's build is long enough.
let hasPrograms = only.map { $0.contains("LimbDaemon") } ?? true
if let only {
  testTargets = testTargets.filter { only.contains(String($0.name.dropLast("Tests".count))) }
  let unused = ["limbd", "limbd-sim", "LimbDaemon", "LimbEnvironment"] + (only.contains("LimbSimulator") ? [] : ["LimbSimulator", "CMuJoCo"])
  if !hasPrograms { targets.removeAll { unused.contains($0.name) } }
}

let package = Package(
  name: "limbd",
  products: (hasPrograms ? [.executable(name: "limbd", targets: ["limbd"])] : [])
    + (withSimulator && hasPrograms ? [.executable(name: "limbd-sim", targets: ["limbd-sim"])] : []),
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
  ],
  targets: targets + testTargets,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c11
)
