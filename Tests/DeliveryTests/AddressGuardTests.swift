import Delivery
import Glibc
import Testing

@Suite("Addresses a webhook may reach")
struct AddressGuardTests {
  @Test(
    "hosts of the open internet",
    arguments: [
      "1.1.1.1", "8.8.8.8", "14.225.0.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
      "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
      "2001:ee0:4f00::1", "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1",
    ]
  )
  func open(_ address: String) {
    #expect(AddressGuard.isAllowed(address, allowPrivate: false))
    #expect(AddressGuard.isAllowed(address, allowPrivate: true))
  }

  @Test(
    "the operator's own networks, only when the operator says so",
    arguments: [
      "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1",
      "169.254.169.254", "100.64.0.1", "100.127.255.255", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1",
      "fd12:3456:789a::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
      "::192.168.1.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::192.168.0.1",
      "2002:7f00:0001::1", "2002:c0a8:0101::1", "2002:0a00:0001::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
      "2606:4700::5efe:127.0.0.1", "2606:4700::200:5efe:10.1.2.3",
    ]
  )
  func own(_ address: String) {
    #expect(!AddressGuard.isAllowed(address, allowPrivate: false))
    #expect(AddressGuard.isAllowed(address, allowPrivate: true))
  }

  @Test(
    "what is no host at all, whatever anybody says",
    arguments: [
      "0.0.0.0", "0.1.2.3", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
      "192.88.99.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "ff02::1", "ff0e::1",
      "2001:db8::1", "3fff::1", "100::1", "2001:2::1", "5f00::1", "4000::1", "::ffff:0.0.0.0", "::ffff:224.0.0.1",
      "64:ff9b::0.0.0.0", "2002:e000:0001::1", "", "localhost", "127.1", "0x7f000001", "2130706433", "[::1]", "1.2.3",
    ]
  )
  func never(_ address: String) {
    #expect(!AddressGuard.isAllowed(address, allowPrivate: false))
    #expect(!AddressGuard.isAllowed(address, allowPrivate: true))
  }

  @Test("a socket address of another family is refused")
  func otherFamily() {
    var address = sockaddr()
    address.sa_family = sa_family_t(AF_UNIX)
    #expect(!AddressGuard.isAllowed(&address, allowPrivate: true))
  }
}
