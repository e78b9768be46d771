import LimbTestSupport
import Testing

@testable import LimbSimulator

private let joints = ["hip", "knee"]

@Suite struct FaultParserTests {
  @Test(
    "every kind of fault is understood",
    arguments: [
      ("drop@12.5s:for=0.2s", ScheduledFault(.drop(LineShare()), start: 12_500, duration: 200)),
      (
        "corrupt@3s:for=1s:rate=0.1:to=device",
        ScheduledFault(.corrupt(LineShare(to: .device, rate: 0.1)), start: 3000, duration: 1000)
      ),
      ("duplicate", ScheduledFault(.duplicate(LineShare()))),
      ("delay@300ms:ms=30", ScheduledFault(.delay(LineShare(), milliseconds: 30), start: 300)),
      ("garbage@2:bytes=200:every=10s", ScheduledFault(.garbage(.host, bytes: 200), start: 2000, every: 10_000)),
      ("frozen-imu@1s:for=50ms", ScheduledFault(.frozenInertialUnit, start: 1000, duration: 50)),
      ("brown-out:v=12", ScheduledFault(.brownOut(volts: 12))),
      ("firmware-reset@4s", ScheduledFault(.firmwareReset, start: 4000)),
      ("unplug@5s:for=1s:every=20s", ScheduledFault(.unplug, start: 5000, duration: 1000, every: 20_000)),
      ("replug@6s", ScheduledFault(.replug, start: 6000)),
      ("estop-button@1s", ScheduledFault(.emergencyStopButton, start: 1000)),
      ("button@1s:for=100ms", ScheduledFault(.button, start: 1000, duration: 100)),
      ("stuck-joint:joint=knee", ScheduledFault(.stuckJoint(1))),
      ("encoder-loss:joint=0", ScheduledFault(.encoderLoss(joint: 0))),
      ("over-temperature:joint=1:c=90", ScheduledFault(.overTemperature(joint: 1, celsius: 90))),
    ])
  func accepts(text: String, expected: ScheduledFault) throws {
    #expect(try FaultParser.parse(text, jointNames: joints) == expected)
  }

  @Test(
    "what cannot be understood is refused at its place",
    arguments: [
      ("", "name"), ("explode", "name"), ("Drop", "name"), ("drop@", "@"), ("drop@soon", "@"), ("drop@-1s", "@"),
      ("drop@nan", "@"), ("drop@1e99s", "@"), ("drop:", "after :"), ("drop:rate", "after :"), ("drop:rate=", "after :"),
      ("drop:=1", "after :"), ("drop:rate=2", "rate"), ("drop:rate=0", "rate"), ("drop:rate=x", "rate"),
      ("drop:rate=0.1:rate=0.2", "rate"), ("drop:to=moon", "to"), ("drop:volts=3", "volts"), ("drop:for=0s", "for"),
      ("drop:every=1s", "for"), ("drop:for=2s:every=1s", "every"), ("delay", "ms"), ("delay:ms=0", "ms"),
      ("garbage:bytes=5000", "bytes"), ("garbage:bytes=9:for=1s", "for"), ("brown-out", "v"), ("brown-out:v=inf", "v"),
      ("stuck-joint", "joint"), ("stuck-joint:joint=2", "joint"), ("stuck-joint:joint=ankle", "joint"),
      ("over-temperature:joint=0", "c"), ("replug:for=1s", "for"), ("firmware-reset:rate=1", "rate"),
    ])
  func refuses(text: String, place: String) {
    let error = #expect(throws: FaultSyntaxError.self) { try FaultParser.parse(text, jointNames: joints) }
    #expect(error?.place == place)
    #expect(error?.specification == text)
    #expect(error.map { !$0.found.isEmpty && !$0.expected.isEmpty } == true)
  }

  @Test("the help names every fault") func helpIsComplete() {
    for name in FaultParser.names { #expect(FaultParser.help.contains(name)) }
  }

  @Test("a fault that repeats is active for its duration in every round") func repeats() {
    let fault = ScheduledFault(.drop(LineShare()), start: 100, duration: 5, every: 50)
    let active = (0..<220).filter { fault.isActive(at: UInt64($0)) }
    #expect(active == Array(100..<105) + Array(150..<155) + Array(200..<205))
    #expect((0..<220).filter { fault.begins(at: UInt64($0)) } == [100, 150, 200])
  }

  @Test("the cable follows the newest of unplug and replug") func cable() throws {
    let schedule = try FaultSchedule(
      parsing: ["unplug@1s", "replug@2s", "unplug@3s:for=500ms"], jointNames: joints)
    let expected: [(UInt64, Bool)] = [
      (0, false), (999, false), (1000, true), (1999, true), (2000, false), (2999, false), (3000, true), (3499, true),
      (3500, false), (9000, false),
    ]
    for (millisecond, unplugged) in expected { #expect(schedule.isUnplugged(at: millisecond) == unplugged) }
  }

  @Test("a fault of a sensor that the robot lacks is refused, not ignored") func lackingSensors() throws {
    let arm = try Repository.profile("arm6-sim").profile
    let quadruped = try Repository.profile("quad8-sim").profile
    let faults = try FaultSchedule(parsing: ["drop", "frozen-imu@1s"], jointNames: [])
    #expect(throws: Never.self) { try faults.check(["drop", "frozen-imu@1s"], against: quadruped) }
    let error = #expect(throws: FaultSyntaxError.self) { try faults.check(["drop", "frozen-imu@1s"], against: arm) }
    #expect(error?.specification == "frozen-imu@1s")
  }
}
