internal import CExpat

/// What takes the events of an XML document.
protocol XMLEvents: AnyObject {
  /// Names are local names with a prefix of ours: `w:` for WordprocessingML, `mc:` for compatibility, `x:` for others.
  func start(_ name: String, _ attributes: [String: String])
  func end(_ name: String)
  func text(_ text: String)
}

/// Reads XML as it comes in, by expat.
///
/// A document type is refused, and with it every entity that could stand for a million others or for a file of this
/// machine.
final class XMLReader {
  private static let deepest = 256
  /// A single tag of this size is an attack, and expat would hold it whole.
  private static let longestToken = 1 << 20

  private let parser: XML_Parser
  private let events: any XMLEvents
  private var depth = 0
  private var fed = 0
  private var isRefused = false

  init(_ events: any XMLEvents) throws {
    guard let parser = XML_ParserCreateNS("UTF-8", 0x7C) else { throw Fault.damaged }
    self.parser = parser
    self.events = events
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { XMLReader.of($0)?.started($1, $2) },
      { XMLReader.of($0)?.ended($1) }
    )
    XML_SetCharacterDataHandler(parser) { context, bytes, count in XMLReader.of(context)?.took(bytes, count) }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in XMLReader.of(context)?.refuse() }
  }

  deinit { XML_ParserFree(parser) }

  func feed(_ bytes: [UInt8]) throws {
    fed += bytes.count
    try check(
      bytes.withUnsafeBytes { XML_Parse(parser, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count), 0) }
    )
    guard fed - Int(XML_GetCurrentByteIndex(parser)) <= Self.longestToken else { throw Fault.damaged }
  }

  func finish() throws { try check(XML_Parse(parser, nil, 0, 1)) }

  private func check(_ status: XML_Status) throws {
    guard status == XML_STATUS_OK, !isRefused else { throw Fault.damaged }
  }

  private static func of(_ context: UnsafeMutableRawPointer?) -> XMLReader? {
    context.map { Unmanaged<XMLReader>.fromOpaque($0).takeUnretainedValue() }
  }

  private func refuse() {
    isRefused = true
    XML_StopParser(parser, 0)
  }

  private func started(_ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?) {
    depth += 1
    guard depth <= Self.deepest, let name else { return refuse() }
    var values: [String: String] = [:]
    var next = attributes
    while let pair = next, let key = pair[0], let value = pair[1] {
      values[Self.localName(String(cString: key))] = String(cString: value)
      next = pair + 2
    }
    events.start(Self.shortName(String(cString: name)), values)
  }

  private func ended(_ name: UnsafePointer<CChar>?) {
    depth -= 1
    if let name { events.end(Self.shortName(String(cString: name))) }
  }

  private func took(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
    guard let bytes else { return }
    let raw = UnsafeRawBufferPointer(start: bytes, count: Int(count))
    events.text(String(decoding: raw, as: UTF8.self))
  }

  private static func localName(_ name: String) -> String {
    name.lastIndex(of: "|").map { String(name[name.index(after: $0)...]) } ?? name
  }

  private static func shortName(_ name: String) -> String {
    guard let bar = name.lastIndex(of: "|") else { return "x:\(name)" }
    let space = name[..<bar]
    let local = name[name.index(after: bar)...]
    // Transitional and strict forms (ECMA-376 parts 1 and 4) end alike.
    if space.contains("wordprocessingml") && space.hasSuffix("main") { return "w:\(local)" }
    return space.hasSuffix("markup-compatibility/2006") ? "mc:\(local)" : "x:\(local)"
  }
}
