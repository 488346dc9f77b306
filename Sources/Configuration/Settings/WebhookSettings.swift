public import Messages

public struct WebhookSettings: Sendable, Hashable {
  /// Where messages are posted to.
  public enum Address: Sendable, Hashable {
    /// Stands in the file.
    case written(String)
    /// Many receivers' addresses are a password themselves.
    case secret(SecretSource)
  }

  /// One header beside ours.
  public struct Header: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
      case written(String)
      case secret(SecretSource)
    }

    public var name: String
    /// Stands before the value, as `Bearer `.
    public var prefix: String
    public var value: Value

    public init(name: String, prefix: String = "", value: Value) {
      self.name = name
      self.prefix = prefix
      self.value = value
    }
  }

  public var address: Address
  /// The signing keys, the newest first; several while a key is being changed.
  public var secrets: [SecretSource]
  public var form: BodyForm
  /// In the order of the file.
  public var headers: [Header]
  /// The admin allowed addresses inside the office's own network.
  public var allowPrivateAddresses: Bool
  /// The admin allowed `http:` to another machine.
  public var allowPlainHTTP: Bool
  public var caFile: String?
  public var connections: Int
  /// Seconds for one message from beginning to end.
  public var timeout: Int64

  public init(
    address: Address,
    secrets: [SecretSource],
    form: BodyForm = .generic,
    headers: [Header] = [],
    allowPrivateAddresses: Bool = false,
    allowPlainHTTP: Bool = false,
    caFile: String? = nil,
    connections: Int = 2,
    timeout: Int64 = 30
  ) {
    self.address = address
    self.secrets = secrets
    self.form = form
    self.headers = headers
    self.allowPrivateAddresses = allowPrivateAddresses
    self.allowPlainHTTP = allowPlainHTTP
    self.caFile = caFile
    self.connections = connections
    self.timeout = timeout
  }

  /// Every secret of the channel but the signing keys.
  public var otherSecrets: [SecretSource] {
    var sources = headers.compactMap { if case .secret(let source) = $0.value { source } else { nil } }
    if case .secret(let source) = address { sources.append(source) }
    return sources
  }

  /// The address, read now.
  /// - Throws: `SecretError`, or `UnusableSecret` that does not tell it.
  public func url() throws -> String {
    switch address {
    case .written(let text): return text
    case .secret(let source):
      let address = try Self.address(try source.read())
      guard address.isEncrypted || address.isLoopback || allowPlainHTTP else {
        throw UnusableSecret("the webhook's address would send messages over plain HTTP")
      }
      if case .ntfy = form, !address.isRoot {
        throw UnusableSecret("the webhook's address, one of ntfy, has a path — end it after the host")
      }
      return address.text
    }
  }

  private static func address(_ text: String) throws(UnusableSecret) -> WebAddress {
    do throws(WebAddress.Fault) {
      return try WebAddress(text)
    } catch {
      throw UnusableSecret("the webhook's address has \(error.rawValue)")
    }
  }

  /// The headers as `name: value`, secrets read now.
  /// - Throws: `SecretError`, or `UnusableSecret` that does not tell it.
  public func headerLines() throws -> [String] {
    try headers.map { header in
      switch header.value {
      case .written(let text): return "\(header.name): \(header.prefix)\(text)"
      case .secret(let source):
        let text = try source.read()
        guard HeaderText.isValid(text) else {
          throw UnusableSecret("the value of the header “\(header.name)” has characters that no header may have")
        }
        return "\(header.name): \(header.prefix)\(text)"
      }
    }
  }
}

/// A secret that was read and does not fit; says what is wrong, never the secret.
public struct UnusableSecret: Error, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}
