import LimbRealtime
import Testing

@Suite("RealtimeSanitizer", .enabled(if: RealtimeSanitizer.isActive, "only in scripts/sanitize realtime"))
struct RealtimeSanitizerTests {
  @Test("an allocation in a section that must not allocate ends the process")
  func allocates() async {
    await #expect(processExitsWith: .failure) {
      RealtimeSanitizer.enter()
      let array = [Int](repeating: 7, count: Int.random(in: 100...200))
      RealtimeSanitizer.exit()
      print(array.count)
    }
  }

  @Test("the same allocation before and after it does not")
  func allocatesOutside() async {
    await #expect(processExitsWith: .success) {
      let array = [Int](repeating: 7, count: Int.random(in: 100...200))
      RealtimeSanitizer.enter()
      RealtimeSanitizer.exit()
      print(array.count, [Int](repeating: 7, count: Int.random(in: 100...200)).count)
    }
  }
}
