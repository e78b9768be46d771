internal import Glibc

/// The learner's side: starts an environment, greets it, and asks. One thread.
///
/// Whatever the peer does, a call returns or throws: what it says is checked to the last bit, and it has `patience`
/// seconds for each answer.
package struct EnvironmentClient: ~Copyable {
  /// What it says of itself.
  package let spaces: EnvironmentSpaces
  private let child: EnvironmentChild
  private var channel: EnvironmentChannel
  private let patience: Double
  private let stop: @Sendable () -> Bool
  private var isEpisodeRunning = false

  /// Starts `command` and greets it.
  ///
  /// - Parameters:
  ///   - patienceSeconds: for each of its answers, its start included.
  ///   - stop: asked some times a second while an answer is awaited; true ends the wait with `stopped`.
  package init(
    command: String, patienceSeconds: Double, stop: @escaping @Sendable () -> Bool = { false }
  ) throws(EnvironmentError) {
    let child = try EnvironmentChild(command: command)
    var channel = EnvironmentChannel(input: child.socket, output: child.socket)
    let answer = try Self.ask(
      .hello(version: EnvironmentLimits.version), expecting: .spaces, of: child, over: &channel,
      patience: patienceSeconds, stop: stop)
    guard case .spaces(let spaces) = answer else { throw .unexpected(found: .hello, expected: [.spaces]) }
    channel.decoder.spaces = spaces
    self.spaces = spaces
    self.child = child
    self.channel = channel
    patience = patienceSeconds
    self.stop = stop
  }

  /// Begins an episode; its first observation.
  package mutating func reset(seed: UInt64?) throws(EnvironmentError) -> [Float] {
    let answer = try ask(.reset(seed: seed), expecting: .observation)
    guard case .observation(let numbers) = answer else { throw .unexpected(found: .reset, expected: [.observation]) }
    isEpisodeRunning = true
    return numbers
  }

  /// Acts. The action is in the environment's own bounds. Traps outside of an episode.
  package mutating func step(_ action: [Float]) throws(EnvironmentError) -> EnvironmentOutcome {
    precondition(isEpisodeRunning, "an episode runs")
    precondition(action.count == spaces.actionCount, "the action has its width")
    let answer = try ask(.step(action), expecting: .next)
    guard case .next(let outcome) = answer else { throw .unexpected(found: .step, expected: [.next]) }
    isEpisodeRunning = !outcome.isOver
    return outcome
  }

  /// Says goodbye; the process is waited for when this value goes.
  package mutating func quit() { _ = try? channel.write(EnvironmentRequest.quit.bytes) }

  private mutating func ask(
    _ request: EnvironmentRequest, expecting tag: EnvironmentTag
  ) throws(EnvironmentError) -> EnvironmentAnswer {
    try Self.ask(request, expecting: tag, of: child, over: &channel, patience: patience, stop: stop)
  }

  private static func ask(
    _ request: EnvironmentRequest, expecting tag: EnvironmentTag, of child: EnvironmentChild,
    over channel: inout EnvironmentChannel, patience: Double, stop: () -> Bool
  ) throws(EnvironmentError) -> EnvironmentAnswer {
    // One that is gone may have left its reason behind: it is read all the same.
    let isHeard = try channel.write(request.bytes)
    switch try channel.read(withinSeconds: patience, stop: stop) {
    case .message(let frame):
      guard frame.tag == tag || frame.tag == .failure else {
        throw .unexpected(found: frame.tag, expected: [tag, .failure])
      }
      let answer = try EnvironmentAnswer(frame, spaces: channel.decoder.spaces)
      if case .failure(let words) = answer { throw .failed(words) }
      guard isHeard else { throw .ended(awaiting: [tag], how: child.endInWords()) }
      return answer
    case .end: throw .ended(awaiting: [tag], how: child.endInWords())
    case .stopped: throw .stopped
    case .timeout: throw .silent(awaiting: [tag], seconds: patience)
    }
  }
}
