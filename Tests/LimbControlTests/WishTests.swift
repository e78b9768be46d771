import CLimbLink
@testable import LimbControl
import LimbTypes
import Testing

/// Stops that a person asks for: disarm, shutdown, pause.
@Suite(.serialized) struct WishTests {
  @Test(
    "disarm and shutdown end the episode at a step's edge, keep its last transition, sit and let go",
    arguments: [EndCause.disarm, .shutdown])
  func wantedStop(cause: EndCause) throws {
    let bench = try walking()
    let id = bench.ask(cause == .disarm ? .disarm : .shutdown)
    bench.advance(until: { bench.state == .safeStop }, limit: 30)
    let close = try #require(bench.steps.last)
    #expect(close.endCause == cause && close.flags.contains(.truncated) && close.flags.contains(.regular))
    bench.advance(until: { bench.state == .disarmed })
    #expect(bench.robot.state == 2 && bench.reply(id)?.result == .done)
    #expect(bench.distanceToPark < 0.05, "it sat: \(bench.robot.positions)")
    #expect(bench.board.status().isShutDown == (cause == .shutdown))
  }

  @Test(
    "a stop asked for within the last step of an episode is not forgotten with it",
    arguments: [ControlRequestKind.disarm, .shutdown, .pause])
  func wishAtTheEnd(kind: ControlRequestKind) throws {
    let bench = try walking()
    bench.advance(until: { bench.loop.step.state.episode.index == 20 })
    let id = bench.ask(kind)
    bench.advance(26)
    #expect(bench.steps.last?.endCause == .timeLimit && bench.steps.last?.flags.contains(.regular) == true)
    if case .pause = kind {
      #expect(bench.state == .paused)
    } else {
      #expect(bench.state == .safeStop)
      let ticks = bench.advance(until: { bench.state == .disarmed }, limit: 1500)
      #expect(ticks != nil, "three seconds are enough to sit: \(bench.state)")
      #expect(bench.reply(id)?.result == .done && bench.robot.state == 2)
    }
  }

  @Test("a stop asked for in the step in which the robot falls is not forgotten", arguments: [ControlRequestKind.disarm, .shutdown])
  func wishBeforeAFall(kind: ControlRequestKind) throws {
    let bench = try walking()
    let id = bench.ask(kind)
    bench.robot.rollRadians = 1.2
    bench.advance(3)
    #expect(bench.steps.last?.endCause == .fall && bench.state == .safeStop)
    #expect(bench.advance(until: { bench.state == .disarmed }, limit: 600) != nil)
    #expect(bench.reply(id)?.result == .done && bench.robot.joint_control(0).kp == 0)
  }

  @Test("shutdown in STAND sits, disarms, and is over within three seconds of the device's time")
  func shutdownInStand() throws {
    let bench = try ControlBench(shippedProfile("quad8-sim.yaml", quick))
    bench.advance(20)
    bench.ask(.arm)
    bench.advance(until: { bench.state == .stand })
    bench.ask(.shutdown)
    #expect(bench.advance(until: { bench.board.status().isShutDown }, limit: 1500) != nil, "\(bench.path)")
    #expect(bench.distanceToPark < 0.05 && bench.path.suffix(2) == [.safeStop, .disarmed])
  }

  @Test("shutdown while a frame is missing ends the episode in order when the next one comes")
  func shutdownInCoast() throws {
    let bench = try walking()
    bench.losesFrames = true
    bench.advance(5)
    #expect(bench.state == .coast)
    bench.ask(.shutdown)
    bench.advance(2)
    bench.losesFrames = false
    #expect(bench.advance(until: { bench.board.status().isShutDown }, limit: 1500) != nil, "\(bench.path)")
    #expect(bench.steps.last?.kind == .close && bench.steps.last?.endCause == .shutdown)
  }

  @Test("of two wishes in one step the graver one is done")
  func graverWish() throws {
    let bench = try walking()
    bench.ask(.pause)
    bench.ask(.shutdown)
    #expect(bench.advance(until: { bench.board.status().isShutDown }, limit: 1500) != nil, "\(bench.path)")
    #expect(bench.steps.last?.endCause == .shutdown && !bench.path.contains(.paused))
  }

  @Test("pause truncates, sits and lies limp; resume stands up gently and goes on")
  func pause() throws {
    let bench = try walking()
    bench.ask(.pause)
    bench.advance(until: { bench.state == .paused }, limit: 30)
    #expect(bench.steps.last?.endCause == .pause && bench.steps.last?.flags.contains(.regular) == true)
    bench.advance(2000)
    #expect(bench.state == .paused && bench.robot.joint_control(0).kp == 0)
    #expect(bench.distanceToPark < 0.1)
    bench.ask(.resume)
    #expect(bench.advance(until: { bench.state == .episode }) != nil, "\(bench.path)")
    #expect(bench.path.suffix(3) == [.paused, .stand, .episode])
  }
}
