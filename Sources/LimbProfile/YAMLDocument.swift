internal import CYAML

/// Reads one YAML document into nodes, by libyaml's events. Size, nesting and node count are bounded; anything libyaml
/// or these bounds refuse becomes one `ProfileProblem` with its place.
struct YAMLDocument: ~Copyable {
  /// Levels of lists and sections; a profile needs seven.
  static let nestingLimit = 24
  /// Nodes of the document; a profile needs about five hundred.
  static let nodeLimit = 50_000

  /// A list or section that is still open. Grows in place: a long list must not cost its square.
  private struct Frame {
    let location: ProfileLocation
    let anchor: String?
    let isMapping: Bool
    var items: [YAMLNode] = []
    var entries: [YAMLEntry] = []
    /// Where each key of `entries` stands.
    var lines: [String: Int] = [:]
    /// The key whose value comes next.
    var key: YAMLNode?
  }

  private let file: String
  private var open: [Frame] = []
  private var anchors: [String: YAMLNode] = [:]
  private var root: YAMLNode?
  private var documentCount = 0
  private var nodeCount = 0
  /// Duplicate keys and the like: reported together with the reader's problems.
  private(set) var problems: [ProfileProblem] = []

  private init(file: String) { self.file = file }

  /// Parses UTF-8 `bytes`. The first error of syntax ends it; doubled keys are collected and the first value kept.
  static func parse(
    _ bytes: [UInt8], file: String
  ) throws(ProfileError) -> (root: YAMLNode, problems: [ProfileProblem]) {
    if let problem = YAMLText.firstProblem(in: bytes, file: file) { throw .invalid([problem]) }
    var document = YAMLDocument(file: file)
    do {
      try document.run(bytes)
    } catch {
      throw .invalid([error])
    }
    guard let root = document.root else {
      throw .invalid([
        document.problem(
          ProfileLocation(line: 1, column: 1), "an empty file", "a profile that begins with \"limbd: 1\"")
      ])
    }
    return (root, document.problems)
  }

  private mutating func run(_ bytes: [UInt8]) throws(ProfileProblem) {
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    defer { unsafe parser.deallocate() }
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      throw problem(ProfileLocation(line: 1, column: 1), "no memory for the YAML parser", "a few kilobytes")
    }
    defer { unsafe yaml_parser_delete(parser) }
    // The parser keeps the pointer: a copy that outlives every call.
    let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: max(bytes.count, 1))
    defer { unsafe input.deallocate() }
    _ = unsafe input.update(fromContentsOf: bytes)
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    let event = UnsafeMutablePointer<yaml_event_t>.allocate(capacity: 1)
    defer { unsafe event.deallocate() }
    while true {
      guard unsafe yaml_parser_parse(parser, event) == 1 else { throw unsafe syntaxProblem(parser, bytes) }
      defer { unsafe yaml_event_delete(event) }
      if unsafe event.pointee.type == YAML_STREAM_END_EVENT { return }
      try unsafe handle(event)
    }
  }

  private mutating func handle(_ event: UnsafeMutablePointer<yaml_event_t>) throws(ProfileProblem) {
    let mark = unsafe event.pointee.start_mark
    let place = ProfileLocation(line: mark.line + 1, column: mark.column + 1)
    switch unsafe event.pointee.type {
    case YAML_DOCUMENT_START_EVENT:
      documentCount += 1
      if documentCount > 1 { throw problem(place, "a second document", "one profile a file") }
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.pointee.data.scalar
      try refuseTag(unsafe YAMLText.string(scalar.tag), at: place)
      let isPlain = unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let text = unsafe String(decoding: bytes, as: UTF8.self)
      let node = YAMLNode(content: .scalar(text, isPlain: isPlain), location: place)
      try add(node, anchor: unsafe YAMLText.string(scalar.anchor))
    case YAML_SEQUENCE_START_EVENT:
      let start = unsafe event.pointee.data.sequence_start
      try refuseTag(unsafe YAMLText.string(start.tag), at: place)
      try push(Frame(location: place, anchor: unsafe YAMLText.string(start.anchor), isMapping: false))
    case YAML_MAPPING_START_EVENT:
      let start = unsafe event.pointee.data.mapping_start
      try refuseTag(unsafe YAMLText.string(start.tag), at: place)
      try push(Frame(location: place, anchor: unsafe YAMLText.string(start.anchor), isMapping: true))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      try close()
    case YAML_ALIAS_EVENT:
      try addAlias(unsafe YAMLText.string(event.pointee.data.alias.anchor) ?? "", at: place)
    default: break
    }
  }

  private mutating func push(_ frame: Frame) throws(ProfileProblem) {
    guard open.count < YAMLDocument.nestingLimit else {
      throw problem(frame.location, "more than \(YAMLDocument.nestingLimit) levels of nesting", "a profile's few")
    }
    open.append(frame)
  }

  private mutating func close() throws(ProfileProblem) {
    let frame = open.removeLast()
    let content: YAMLNode.Content = frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items)
    try add(YAMLNode(content: content, location: frame.location), anchor: frame.anchor)
  }

  private mutating func addAlias(_ name: String, at place: ProfileLocation) throws(ProfileProblem) {
    let word = YAMLNode.shortened(name)
    if open.contains(where: { $0.anchor == name }) {
      throw problem(place, "the alias *\(word) inside its own anchor", "an anchor that is complete")
    }
    guard let node = anchors[name] else {
      throw problem(place, "the alias *\(word) without an anchor", "&\(word) above")
    }
    // The content is shared; the place is the alias's, where the reader's eyes are.
    try add(YAMLNode(content: node.content, location: place), anchor: nil)
  }

  private mutating func add(_ node: YAMLNode, anchor: String?) throws(ProfileProblem) {
    nodeCount += 1
    guard nodeCount <= YAMLDocument.nodeLimit else {
      throw problem(node.location, "more than \(YAMLDocument.nodeLimit) values", "a profile's few hundred")
    }
    if let anchor { anchors[anchor] = node }
    guard let last = open.indices.last else {
      root = node
      return
    }
    guard open[last].isMapping else { return open[last].items.append(node) }
    guard let key = open[last].key else {
      if keyText(node) == nil { throw problem(node.location, "\(node.found) as a key", "a name") }
      open[last].key = node
      return
    }
    open[last].key = nil
    append(node, for: key, to: last)
  }

  private func keyText(_ node: YAMLNode) -> String? {
    if case .scalar(let text, _) = node.content, !text.isEmpty { return text }
    return nil
  }

  private mutating func append(_ value: YAMLNode, for key: YAMLNode, to frame: Int) {
    let name = keyText(key) ?? ""
    if let first = open[frame].lines[name] {
      let found = "a second \"\(YAMLNode.shortened(name))\" (the first is in line \(first))"
      if problems.count < ProfileLog.limit { problems.append(problem(key.location, found, "each key once")) }
    } else {
      open[frame].lines[name] = key.location.line
      open[frame].entries.append(YAMLEntry(key: name, location: key.location, value: value))
    }
  }

  private func refuseTag(_ tag: String?, at place: ProfileLocation) throws(ProfileProblem) {
    if let tag { throw problem(place, "the tag \(YAMLNode.shortened(tag))", "plain values without tags") }
  }

  private func problem(_ place: ProfileLocation, _ found: String, _ expected: String) -> ProfileProblem {
    ProfileProblem(file: file, location: place, path: "", found: found, expected: expected, suggestion: nil)
  }

  /// libyaml's own words, with what they mean where they are known to puzzle.
  private func syntaxProblem(_ parser: UnsafeMutablePointer<yaml_parser_t>, _ bytes: [UInt8]) -> ProfileProblem {
    let mark = unsafe parser.pointee.problem_mark
    let place = ProfileLocation(line: mark.line + 1, column: mark.column + 1)
    if YAMLText.line(place.line, of: bytes).contains(0x09) {
      return problem(place, "a tab in this line", "spaces: YAML does not indent with tabs")
    }
    let words = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "a mistake in the syntax"
    let context = unsafe parser.pointee.context.map { unsafe " " + String(cString: $0) } ?? ""
    let expected = YAMLText.hasBareSim(place.line, of: bytes) ? "\"sim:\" in quotes" : "valid YAML"
    return problem(place, "no YAML here (\(words)\(context))", expected)
  }
}
