import Testing

@testable import LimbTypes

@Suite("End causes")
struct EndCauseTests {
  @Test("only a fall or a trip is a death; a time limit never is")
  func deaths() {
    for cause in EndCause.allCases {
      #expect((cause.consequence == .terminated) == (cause == .fall || cause == .trip), "\(cause)")
    }
  }

  @Test("what the robot did not do itself is dropped", arguments: [
    EndCause.emergencyStop, .linkLoss, .staleSensors, .deviceFault, .handOnRobot,
  ])
  func dropped(cause: EndCause) { #expect(cause.consequence == .truncatedDropped) }

  @Test("names are unique")
  func names() {
    #expect(Set(EndCause.allCases.map { "\($0.name)" }).count == EndCause.allCases.count)
    #expect(Set(SupervisorCode.allCases.map { "\($0.name)" }).count == SupervisorCode.allCases.count)
  }
}
