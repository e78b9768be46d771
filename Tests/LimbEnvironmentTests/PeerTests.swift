import LimbTestSupport
import Testing

@testable import LimbEnvironment

/// Starts `command` and greets it; what goes wrong.
private func whyNot(_ command: String, patience: Double = 30) -> EnvironmentError? {
  do throws(EnvironmentError) {
    var client = try EnvironmentClient(command: command, patienceSeconds: patience)
    _ = try client.reset(seed: 1)
    _ = try client.step([0])
    return nil
  } catch {
    return error
  }
}

/// What a shell prints to send these bytes.
private func print(_ bytes: [UInt8]) -> String {
  "printf '" + bytes.map { byte in
    let digits = String(byte, radix: 8)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }.joined() + "'"
}

/// Reads the request that comes next: `count` bytes with its head.
private func take(_ count: Int) -> String { "head -c \(count) > /dev/null" }

@Suite("An environment that is no environment")
struct PeerTests {
  private let greeting = take(12) + "; " + print(EnvironmentAnswer.spaces(twoByOne).bytes) + "; "

  @Test("is told how it ended")
  func dies() {
    #expect(whyNot("exit 3") == .ended(awaiting: [.spaces], how: "it ended with exit code 3"))
    #expect(whyNot("kill -9 $$") == .ended(awaiting: [.spaces], how: "it was ended by signal 9"))
    #expect(whyNot(greeting + "exit 0") == .ended(awaiting: [.observation], how: "it ended with exit code 0"))
    let later = greeting + take(20) + "; " + print(EnvironmentAnswer.observation([0, 0]).bytes) + "; " + take(12)
    #expect(whyNot(later) == .ended(awaiting: [.next], how: "it ended with exit code 0"))
    #expect(whyNot("no-such-program 2> /dev/null") == .ended(awaiting: [.spaces], how: "it ended with exit code 127"))
  }

  @Test("and says nothing is given up")
  func silent() { #expect(whyNot("exec sleep 100", patience: 0.2) == .silent(awaiting: [.spaces], seconds: 0.2)) }

  @Test("and prints text, or half a message, is told what was found")
  func lies() {
    #expect(whyNot("echo Hello") == .notAMessage(found: Array("Hell".utf8)))
    #expect(whyNot("printf SPAC") == .cutOff(found: 4, expected: 8))
    #expect(whyNot(take(12) + "; " + print(message("SPAC", words(7)))) == .otherVersion(found: 7, expected: 1))
    #expect(
      whyNot(take(12) + "; " + print(message("OBSV", words(0)))) == .unexpected(found: .observation, expected: [.spaces, .failure]))
    #expect(whyNot(take(12) + "; " + print(EnvironmentAnswer.failure("no MuJoCo here").bytes)) == .failed("no MuJoCo here"))
    #expect(
      whyNot(greeting + take(20) + "; " + print(message("OBSV", words(0))))
        == .wrongLength(.observation, found: 4, expected: 8))
    #expect(
      whyNot(greeting + take(20) + "; " + print(EnvironmentAnswer.observation([0, .infinity]).bytes))
        == .notFinite(.observation, field: "observation[1]", found: .infinity))
  }
}
