/// Where one named tensor lies in a block of parameters: `shape` in row-major order from `offset`.
package struct ParameterTensor: Sendable, Equatable {
  /// The name in a safetensors file, as a PyTorch `state_dict` would spell it.
  package let name: String
  /// PyTorch's shape: (out, in) for weights.
  package let shape: [Int]
  /// First number, counted in numbers from the start of the block.
  package let offset: Int

  /// A tensor of that name and shape at `offset` in its block.
  package init(name: String, shape: [Int], offset: Int) {
    self.name = name
    self.shape = shape
    self.offset = offset
  }

  /// How many numbers.
  package var count: Int { shape.reduce(1, *) }

  /// The same tensor of a network that starts at `offset` and whose names start with `prefix`.
  package func placed(at start: Int, prefix: String) -> ParameterTensor {
    ParameterTensor(name: prefix + name, shape: shape, offset: start + offset)
  }
}
