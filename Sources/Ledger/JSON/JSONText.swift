/// Values as JSON text with sorted keys, so that equal values give equal bytes.
///
/// Foundation's coders write and read the same, and a test holds these to it; but reading one message takes them longer
/// than everything else that sending it needs.
enum JSONText {
  static func write(_ value: some Encodable) throws -> String {
    var bytes: [UInt8] = []
    try JSONWriter.node(of: value, path: []).write(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  static func read<Value: Decodable>(_ text: String) throws -> Value {
    let document = try JSONDocument(text)
    return try JSONReader(document: document, token: 0).decode(Value.self)
  }
}
