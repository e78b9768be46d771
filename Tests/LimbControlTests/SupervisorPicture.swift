import LimbTypes

/// The supervisor's map as a picture: boxes where a reader expects them, arrows as they were found.
///
/// A transition that leads from more than two states into one, or from one into more than two, stands below that one's box.
struct SupervisorPicture {
  private typealias Place = (x: Int, y: Int)

  private let edges: Set<SupervisorMap.Edge>
  private static let size: Place = (1180, 530)
  private static let box: Place = (112, 40)
  /// Centres. The way to an episode above, what interrupts it in the middle, what stops it below.
  private static let places: [SupervisorCode: Place] = [
    .boot: (66, 60), .link: (226, 60), .disarmed: (400, 60), .check: (580, 60), .ramp: (750, 60), .stand: (920, 60), .episode: (1110, 60),
    .wait: (920, 280), .fallen: (1110, 280), .paused: (750, 280), .coast: (1110, 470), .hold: (750, 470), .safeStop: (580, 470),
    .fault: (400, 470), .emergencyStop: (226, 470),
  ]

  init(_ edges: Set<SupervisorMap.Edge>) { self.edges = edges }

  /// The whole picture, the same for the same map.
  var svg: String {
    let entering = Dictionary(grouping: edges) { "\($0.name)|\($0.to.rawValue)" }.values.filter { $0.count > 2 }
    let leaving = Dictionary(grouping: edges) { "\($0.name)|\($0.from.rawValue)" }.values.filter { $0.count > 2 }
    let drawn = edges.subtracting(entering.flatMap(\.self)).subtracting(leaving.flatMap(\.self))
    var parts = [
      """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.size.x) \(Self.size.y)" font-family="sans-serif" font-size="10">
      <defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
      <path d="M0 0 L8 4 L0 8 z" fill="#555"/></marker></defs>
      <rect width="\(Self.size.x)" height="\(Self.size.y)" fill="white"/>
      """
    ]
    let pairs = Dictionary(grouping: drawn) { [$0.from, $0.to] }
    let ordered = pairs.keys.sorted { ($0[0].rawValue, $0[1].rawValue) < ($1[0].rawValue, $1[1].rawValue) }
    for (rank, pair) in ordered.enumerated() {
      let names = (pairs[pair] ?? []).map(\.name).sorted()
      parts.append(arrow(pair[0], pair[1], names, isBent: pairs[[pair[1], pair[0]]] != nil, rank))
    }
    for code in SupervisorCode.allCases {
      let into = entering.filter { $0[0].to == code }.map { "\($0[0].name) from \($0.count) states" }
      let out = leaving.filter { $0[0].from == code }.map { "\($0[0].name) to \($0.count) states" }
      parts.append(box(code, into.sorted() + out.sorted()))
    }
    return parts.joined(separator: "\n") + "\n</svg>\n"
  }

  private func box(_ code: SupervisorCode, _ into: [String]) -> String {
    guard let place = Self.places[code] else { return "" }
    let isArmed: Bool =
      switch code {
      case .boot, .link, .disarmed, .check, .fault, .emergencyStop: false
      default: true
      }
    let isLatched = code == .fault || code == .emergencyStop
    let fill = isLatched ? "#f6d5d0" : isArmed ? "#fdeccb" : "#dfeaf5"
    let left = place.x - Self.box.x / 2
    let top = place.y - Self.box.y / 2
    var text = """
      <rect x="\(left)" y="\(top)" width="\(Self.box.x)" height="\(Self.box.y)" rx="6" fill="\(fill)" stroke="#555"/>\
      <text x="\(place.x)" y="\(place.y + 4)" text-anchor="middle" font-size="12" font-weight="bold">\(code.name)</text>
      """
    for (row, line) in into.enumerated() {
      text += """
        \n<text x="\(place.x)" y="\(top + Self.box.y + 13 + 12 * row)" text-anchor="middle" fill="#555">\(line)</text>
        """
    }
    return text
  }

  /// From border to border; bent where another goes the other way. Long ones have their names at different heights, so that those of
  /// neighbours part.
  private func arrow(_ from: SupervisorCode, _ to: SupervisorCode, _ names: [String], isBent: Bool, _ rank: Int) -> String {
    guard let a = Self.places[from], let b = Self.places[to] else { return "" }
    let (dx, dy) = (Double(b.x - a.x), Double(b.y - a.y))
    let length = (dx * dx + dy * dy).squareRoot()
    // To the right of the way, so that two ways between the same boxes part.
    let bend = isBent ? 34.0 : 0
    let middle = (x: Double(a.x + b.x) / 2 - dy / length * bend, y: Double(a.y + b.y) / 2 + dx / length * bend)
    let start = border(a, towards: middle)
    let end = border(b, towards: middle)
    func number(_ value: Double) -> String { "\(Int(value.rounded()))" }
    var text = """
      <path d="M\(number(start.x)) \(number(start.y)) Q\(number(middle.x)) \(number(middle.y)) \(number(end.x)) \(number(end.y))" fill="none" \
      stroke="#555" marker-end="url(#tip)"/>
      """
    let share = length < 200 ? 0.5 : [0.28, 0.42, 0.6][rank % 3]
    let (near, between, far) = ((1 - share) * (1 - share), 2 * share * (1 - share), share * share)
    let x = near * start.x + between * middle.x + far * end.x
    let y = near * start.y + between * middle.y + far * end.y - 3
    for (row, name) in names.enumerated() {
      text += """
        <text x="\(number(x))" y="\(number(y - 11 * Double(names.count - 1 - row)))" text-anchor="middle" fill="#333">\(name)</text>
        """
    }
    return text
  }

  /// Where the line from the centre of a box towards a point leaves the box.
  private func border(_ centre: Place, towards point: (x: Double, y: Double)) -> (x: Double, y: Double) {
    let (dx, dy) = (point.x - Double(centre.x), point.y - Double(centre.y))
    let across = dx == 0 ? Double.infinity : Double(Self.box.x / 2) / abs(dx)
    let down = dy == 0 ? Double.infinity : Double(Self.box.y / 2) / abs(dy)
    let share = min(across, down)
    return (Double(centre.x) + dx * share, Double(centre.y) + dy * share)
  }
}
