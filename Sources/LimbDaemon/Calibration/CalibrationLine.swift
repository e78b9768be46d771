internal import Glibc
internal import LimbDevices
internal import LimbProfile
internal import LimbRealtime
internal import LimbTypes

/// The line to a device that is only listened to: HELLO and TIMESYNC go out, no COMMAND, no ARM. The calling thread.
struct CalibrationLine: ~Copyable {
  private let line: OpenLine
  private var driver: LimbLinkDriver
  private let time = TimeSource.monotonic()
  private let port: String
  private var frame = SensorFrame()

  /// Opens the port and greets the device.
  init(profile: RobotProfile, port: String) throws(DaemonError) {
    do throws(DeviceError) {
      line = try TransportOpener.open(path: port, baud: profile.link.baud)
    } catch {
      throw DeviceCheck.refusal(error)
    }
    self.port = port
    driver = LimbLinkDriver(
      plan: DriverPlan(profile), session: UInt16.random(in: 1...UInt16.max), nonce: UInt32.random(in: 0...UInt32.max),
      wantsLockstep: false)
    driver.attach(line.transport)
  }

  /// The device, once it has answered.
  var uuid: String { driver.identity.uuidText }

  /// Listens until `isEnough`, at least 0.2 s; gives the newest frame. Throws when nothing fits or came for 3 s.
  mutating func listen(until isEnough: () -> Bool) throws(DaemonError) -> SensorFrame {
    let began = time.now()
    var heardAt = began
    var heard = 0
    while true {
      let now = time.now()
      driver.beginIteration(at: now)
      driver.receive()
      while driver.nextFrame(into: &frame) {
        heardAt = now
        heard += 1
      }
      driver.serve()
      switch driver.phase {
      case .mismatched: throw .port(reason: "\(port): not the robot of this profile; see limbd check --connect", exitCode: 78)
      case .refused: throw .port(reason: "\(port): the device refuses to talk; see limbd check --connect", exitCode: 69)
      case .disconnected: throw .port(reason: "\(port): the line went away", exitCode: 69)
      case .greeting, .examining, .linked: break
      }
      guard now.nanoseconds(since: heardAt) < 3_000_000_000 else {
        throw .port(reason: "\(port): no frame for 3 s", exitCode: 69)
      }
      if heard > 3, now.nanoseconds(since: began) > 200_000_000, isEnough() { return frame }
      _ = driver.transport.waitUntilReadable(or: now.adding(nanoseconds: 10_000_000))
    }
  }
}
