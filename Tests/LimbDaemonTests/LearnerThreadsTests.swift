import Testing

@testable import LimbDaemon

@Suite("Threads of the learner")
struct LearnerThreadsTests {
  @Test(
    "a second thread in real time needs three processors beside control's and the simulator's",
    arguments: [(4, false, 2), (3, false, 1), (5, true, 2), (4, true, 1), (1, true, 1)])
  func realTime(_ processors: Int, _ simulated: Bool, _ expected: Int) {
    let threads = LearnerThreads(asked: 2, lockstep: false, simulated: simulated, processors: processors)
    #expect(threads.count == expected)
    #expect((threads.refusal != nil) == (expected == 1))
    #expect(threads.refusal?.contains("learning.workers: 2") != false)
  }

  @Test("in lockstep the profile has its way, and who asks for one gets one")
  func asked() {
    #expect(LearnerThreads(asked: 2, lockstep: true, simulated: true, processors: 1).count == 2)
    let one = LearnerThreads(asked: 1, lockstep: false, simulated: false, processors: 64)
    #expect(one.count == 1 && one.refusal == nil)
  }
}
