public import Glibc

/// Which addresses a webhook may reach: a name in a configuration file can point anywhere, also at the machine itself
/// or at the office's own routers.
///
/// Asked about the address a socket is opened for, not about a name looked up beforehand, which may answer differently
/// the second time.
public enum AddressGuard {
  /// Whether a socket may be opened for the address.
  ///
  /// - Parameters:
  ///   - address: As the resolver gave it; families other than IPv4 and IPv6 are refused.
  ///   - allowPrivate: Whether loopback, private and link-local addresses are the operator's own wish. What can never be
  ///     a single host (multicast, broadcast, unspecified, reserved) stays refused.
  /// - Returns: False for everything that is not plainly allowed.
  public static func isAllowed(_ address: UnsafePointer<sockaddr>, allowPrivate: Bool) -> Bool {
    switch CInt(address.pointee.sa_family) {
    case AF_INET:
      address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        isAllowed(v4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr), allowPrivate: allowPrivate)
      }
    case AF_INET6:
      address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
        withUnsafeBytes(of: $0.pointee.sin6_addr) { isAllowed(v6: Array($0), allowPrivate: allowPrivate) }
      }
    default: false
    }
  }

  /// The same for an address as text, without brackets; what is no address is refused.
  public static func isAllowed(_ text: String, allowPrivate: Bool) -> Bool {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      return isAllowed(v4: UInt32(bigEndian: v4.s_addr), allowPrivate: allowPrivate)
    }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, text, &v6) == 1 else { return false }
    return withUnsafeBytes(of: v6) { isAllowed(v6: Array($0), allowPrivate: allowPrivate) }
  }

  static func isAllowed(v4 address: UInt32, allowPrivate: Bool) -> Bool {
    if neverV4.contains(where: { $0.contains(address) }) { return false }
    return allowPrivate || !privateV4.contains { $0.contains(address) }
  }

  static func isAllowed(v6 bytes: [UInt8], allowPrivate: Bool) -> Bool {
    // Every way to write an IPv4 address inside an IPv6 one is judged as that address.
    if let inner = innerV4(of: bytes) { return isAllowed(v4: inner, allowPrivate: allowPrivate) }
    if neverV6.contains(where: { $0.contains(bytes) }) { return false }
    if privateV6.contains(where: { $0.contains(bytes) }) { return allowPrivate }
    // > 2000::/3 is all that has been given out for global unicast (RFC 4291 section 2.4, IANA).
    return bytes[0] & 0xE0 == 0x20
  }

  /// The IPv4 address inside an IPv6 one, nil when there is none.
  private static func innerV4(of bytes: [UInt8]) -> UInt32? {
    func number(at position: Int) -> UInt32 {
      bytes[position..<position + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    // `::` and `::1` look like IPv4-compatible addresses and are none.
    if V6Range("::/127").contains(bytes) { return nil }
    if carriersAtTheEnd.contains(where: { $0.contains(bytes) }) { return number(at: 12) }
    if sixToFour.contains(bytes) { return number(at: 2) }
    // > Teredo: the client's IPv4 address, every bit turned over (RFC 4380 section 4).
    if teredo.contains(bytes) { return ~number(at: 12) }
    // > ISATAP: an interface id of 5EFE and the address (RFC 5214 section 6.1).
    if bytes[8] & 0xFD == 0, bytes[9...11] == [0x00, 0x5E, 0xFE] { return number(at: 12) }
    return nil
  }

  // IPv4-mapped, IPv4-compatible, IPv4-translated (RFC 2765), NAT64 (RFC 6052) and its local-use prefix (RFC 8215).
  private static let carriersAtTheEnd = ["::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48"]
    .map { V6Range($0) }
  private static let sixToFour = V6Range("2002::/16")
  private static let teredo = V6Range("2001::/32")

  /// The operator's own networks (IANA special-purpose registry).
  private static let privateV4 = [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
  ].map { V4Range($0) }

  /// Documentation, benchmarks, protocol assignments, multicast, reserved, broadcast, "this network".
  private static let neverV4 = [
    "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
  ].map { V4Range($0) }

  /// Loopback, unique local, link-local and the old site-local.
  private static let privateV6 = ["::1/128", "fc00::/7", "fe80::/10", "fec0::/10"].map { V6Range($0) }

  /// Unspecified, discard-only, protocol assignments, documentation, segment routing, multicast.
  private static let neverV6 = [
    "::/128", "100::/64", "2001::/23", "2001:db8::/32", "3fff::/20", "5f00::/16", "ff00::/8",
  ].map { V6Range($0) }
}

private struct V4Range: Sendable {
  let base: UInt32
  let mask: UInt32

  init(_ text: String) {
    let parts = text.split(separator: "/")
    var address = in_addr()
    inet_pton(AF_INET, String(parts[0]), &address)
    let bits = UInt32(parts[1]) ?? 0
    mask = bits == 0 ? 0 : ~UInt32(0) << (32 - bits)
    base = UInt32(bigEndian: address.s_addr) & mask
  }

  func contains(_ address: UInt32) -> Bool { address & mask == base }
}

private struct V6Range: Sendable {
  let base: [UInt8]
  let bits: Int

  init(_ text: String) {
    let parts = text.split(separator: "/")
    var address = in6_addr()
    inet_pton(AF_INET6, String(parts[0]), &address)
    base = withUnsafeBytes(of: address) { Array($0) }
    bits = Int(parts[1]) ?? 0
  }

  func contains(_ bytes: [UInt8]) -> Bool {
    let whole = bits / 8
    guard bytes[..<whole] == base[..<whole] else { return false }
    let rest = UInt8(bits % 8)
    return rest == 0 || (bytes[whole] ^ base[whole]) >> (8 - rest) == 0
  }
}
