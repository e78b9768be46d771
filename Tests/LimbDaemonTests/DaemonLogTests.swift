import Glibc
import LimbTestSupport
import Testing

@testable import LimbDaemon

@Suite("The log")
struct DaemonLogTests {
  @Test("a terminal that somebody has stopped keeps nobody waiting, and shows what comes after it goes on")
  func stoppedTerminal() async {
    await #expect(processExitsWith: .success) {
      let terminal = PseudoTerminal()
      let slave = unsafe open(terminal.path, O_RDWR | O_NOCTTY)
      #expect(dup2(slave, 2) == 2 && isatty(2) == 1)
      // Ends this process, and with it the test, if a write waits for the terminal.
      alarm(30)
      #expect(tcflow(slave, TCOOFF) == 0)
      for _ in 0..<10_000 { writeToStandardError("limbd: nobody reads this\n") }
      #expect(tcflow(slave, TCOON) == 0)
      writeToStandardError("limbd: here again\n")
      var buffer = [UInt8](repeating: 0, count: 200)
      let count = unsafe read(terminal.master, &buffer, buffer.count)
      let told = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
      #expect(told.hasPrefix("limbd: 10000 lines before this one were lost") && told.contains("limbd: here again"), "\(told)")
    }
  }

  @Test("a pipe that nobody reads keeps nobody waiting, and whoever reads again is told how much is lost")
  func unreadPipe() async {
    await #expect(processExitsWith: .success) {
      var ends: [Int32] = [-1, -1]
      #expect(unsafe pipe(&ends) == 0 && dup2(ends[1], 2) == 2)
      // Ends this process, and with it the test, if a write waits for a reader.
      alarm(30)
      let line = "limbd: nobody reads this\n"
      for _ in 0..<10_000 { writeToStandardError(line) }
      var buffer = [UInt8](repeating: 0, count: 1 << 20)
      let taken = unsafe read(ends[0], &buffer, buffer.count) / line.utf8.count
      #expect(taken > 0 && taken < 10_000)
      writeToStandardError("limbd: here again\n")
      let count = unsafe read(ends[0], &buffer, buffer.count)
      let told = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
      #expect(told == "limbd: \(10_000 - taken) lines before this one were lost: nobody read them\nlimbd: here again\n")
    }
  }
}
