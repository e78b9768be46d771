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
      var buffer = [UInt8](repeating: 0, count: 64)
      let count = unsafe read(terminal.master, &buffer, buffer.count)
      #expect(count > 0 && String(decoding: buffer[..<max(0, count)], as: UTF8.self).hasPrefix("limbd: here again"))
    }
  }
}
