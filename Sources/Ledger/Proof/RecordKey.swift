internal import Crypto
internal import Foundation

/// The office's Ed25519 key (RFC 8032), as `openssl genpkey -algorithm ed25519` writes it.
public struct RecordKey: Sendable {
  private let key: Curve25519.Signing.PrivateKey

  /// Reads “PRIVATE KEY” in PEM (RFC 7468), without a passphrase.
  ///
  /// - Throws: What is wrong with the text, and how to make a key.
  public init(pem: String) throws(RecordKeyError) {
    guard !pem.contains("BEGIN ENCRYPTED PRIVATE KEY") else { throw .encrypted }
    key = try PEM.key("PRIVATE KEY", prefix: PEM.privatePrefix, in: pem) {
      try Curve25519.Signing.PrivateKey(rawRepresentation: $0)
    }
  }

  /// 64 bytes, as `openssl pkeyutl -verify -rawin` checks them.
  public func signature(of bytes: [UInt8]) throws -> [UInt8] { Array(try key.signature(for: bytes)) }

  public var publicKey: RecordPublicKey { RecordPublicKey(key.publicKey) }
}

/// What anybody may have, to check a signature with.
public struct RecordPublicKey: Sendable {
  private let key: Curve25519.Signing.PublicKey

  /// Reads “PUBLIC KEY” in PEM, as `openssl pkey -pubout` writes it.
  ///
  /// - Throws: What is wrong with the text.
  public init(pem: String) throws(RecordKeyError) {
    key = try PEM.key("PUBLIC KEY", prefix: PEM.publicPrefix, in: pem) {
      try Curve25519.Signing.PublicKey(rawRepresentation: $0)
    }
  }

  init(_ key: Curve25519.Signing.PublicKey) { self.key = key }

  /// The line between “BEGIN PUBLIC KEY” and “END PUBLIC KEY”.
  public var base64: String { Data(PEM.publicPrefix + Array(key.rawRepresentation)).base64EncodedString() }

  public func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    key.isValidSignature(signature, for: bytes)
  }
}

public enum RecordKeyError: Error, Sendable, Hashable, CustomStringConvertible {
  case notPEM(expected: String)
  case notEd25519
  case encrypted

  public var description: String {
    switch self {
    case .notPEM(let expected):
      "there is no “BEGIN \(expected)” in it — make a key with `openssl genpkey -algorithm ed25519 -out record-key.pem`, "
        + "and its public half with `openssl pkey -in record-key.pem -pubout -out record-key.pub.pem`"
    case .notEd25519: "it is no Ed25519 key — make one with `openssl genpkey -algorithm ed25519 -out record-key.pem`"
    case .encrypted: "it has a passphrase — `openssl pkey -in record-key.pem -out FILE` writes it without"
    }
  }
}

/// Keys between BEGIN and END (RFC 7468): the form of Ed25519 keys in DER is the same bytes before 32 of the key's own
/// (RFC 8410, sections 4 and 7).
private enum PEM {
  static let privatePrefix: [UInt8] = [
    0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
  ]
  static let publicPrefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]

  static func key<Key>(_ label: String, prefix: [UInt8], in pem: String, make: ([UInt8]) throws -> Key)
    throws(RecordKeyError) -> Key
  {
    guard let begin = pem.firstRange(of: "-----BEGIN \(label)-----"),
      let end = pem[begin.upperBound...].firstRange(of: "-----END \(label)-----"),
      let der = Data(
        base64Encoded: String(pem[begin.upperBound..<end.lowerBound]),
        options: .ignoreUnknownCharacters
      )
    else { throw .notPEM(expected: label) }
    guard der.starts(with: prefix), der.count == prefix.count + 32,
      let key = try? make(Array(der.dropFirst(prefix.count)))
    else { throw .notEd25519 }
    return key
  }
}
