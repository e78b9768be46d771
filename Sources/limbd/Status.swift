import ArgumentParser
import LimbOperations

/// `limbd status`.
struct Status: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "How the running daemon is; the exit code tells health.",
    discussion: "Exit code 0: linked and no fault. 1: fault, e-stop or no robot. 69: no daemon.")

  @OptionGroup var client: ClientOptions

  func run() throws {
    let path = try client.path()
    let reply: String
    do throws(OperationsError) {
      reply = try ControlClient.ask(.status, path: path)
    } catch {
      printError(error.message)
      throw ExitCode(error == .notRunning(path: path) ? Exit.unavailable : Exit.inputOutput)
    }
    guard let status = JSONReader(reply) else {
      printError("\(path): the answer is no JSON")
      throw ExitCode(Exit.inputOutput)
    }
    if client.json { print(reply) } else { show(status) }
    if !isHealthy(status) { throw ExitCode(Exit.failure) }
  }

  private func isHealthy(_ status: JSONReader) -> Bool {
    let state = status["state"]?.string ?? ""
    return status["linked"]?.bool == true && !["FAULT", "ESTOP", "SAFE_STOP"].contains(state)
  }

  private func show(_ status: JSONReader) {
    func text(_ key: String) -> String { status[key]?.string ?? "?" }
    func number(_ key: String, _ digits: Int = 0) -> String { fixed(status[key]?.number ?? .nan, digits) }
    func counter(_ key: String) -> String { fixed(status["counters"]?[key]?.number ?? .nan, 0) }
    let motors = status["motors_enabled"]?.bool == true ? "motors powered" : "motors off"
    let link = status["linked"]?.bool == true ? "device \(text("device_state")), \(motors)" : "no robot on the line"
    let stop = text("last_stop") == "none" ? "" : ", last stop: \(text("last_stop"))"
    print("\(text("robot")): \(text("state")) (\(text("reason"))), \(link)\(stop)")
    print(
      "time on the robot \(number("robot_seconds", 1)) s, episode \(number("episode")), step \(number("steps_total")), "
        + "stored \(number("written_steps")), falls \(counter("falls")), stops \(counter("safe_stops"))")
    print(
      "learner: \(number("updates_total")) updates, \(number("updates_owed")) owed, \(number("credit_dropped")) dropped, "
        + "temperature \(number("temperature", 4)), policy \(number("policy_version"))")
    print(
      "robot: \(number("bus_volts", 1)) V, hottest motor \(number("temperature_max_celsius", 0)) °C, "
        + "power \(number("power_percent")) %, speed \(number("estimated_speed_m_s", 2)) m/s")
    if case .object(let joints)? = status["joint_position_rad"] {
      print("joints, rad: " + joints.map { "\($0.key) \(fixed($0.value.number ?? .nan, 3))" }.joined(separator: ", "))
    }
    if text("state") == "DISARMED", status["linked"]?.bool == true { print("next: limbd arm") }
    print(
      "loop: \(counter("missed_deadlines")) deadlines missed, \(counter("coasted_ticks")) ticks coasted, "
        + "\(counter("heap_calls")) heap calls, \(counter("page_faults")) page faults, "
        + "\(counter("steps_dropped")) steps and \(counter("ticks_dropped")) ticks dropped")
    if case .object(let sums)? = status["last_minute"] {
      let troubles = sums.filter { ($0.value.number ?? 0) > 0 }.map { "\($0.key) \(fixed($0.value.number ?? 0, 0))" }
      print("last minute: " + (troubles.isEmpty ? "nothing late, lost or dropped" : troubles.joined(separator: ", ")))
    }
  }
}
