// swift-tools-version: 6.1
import PackageDescription

// Swift 6 mode; a warning is an error everywhere in our own code (packages build with their own settings).
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(["-warnings-as-errors"]),
]

let package = Package(
  name: "nhachan",
  products: [.executable(name: "nhachan", targets: ["nhachan"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // The stations of a reminder, in order.
    .target(name: "Deadlines", swiftSettings: strict),
    .target(
      name: "Messages",
      dependencies: [
        "Deadlines", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      swiftSettings: strict
    ),
    .target(
      name: "Ledger",
      dependencies: [
        "Deadlines", "Messages", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      swiftSettings: strict
    ),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CLinux"),
    .target(name: "Delivery", dependencies: ["Deadlines", "Messages", "CCurl"], swiftSettings: strict),
    .target(
      name: "Configuration",
      dependencies: ["Deadlines", "Messages", .product(name: "Yams", package: "Yams")],
      swiftSettings: strict
    ),
    .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .target(
      name: "Importing",
      dependencies: ["Deadlines", "Configuration", "CArchive", "CExpat"],
      swiftSettings: strict
    ),
    .target(
      name: "Daemon",
      dependencies: [
        "Deadlines", "Messages", "Ledger", "Delivery", "Configuration", "CLinux",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "nhachan",
      dependencies: [
        "Daemon", "Importing", "CLinux", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict
    ),
    .executableTarget(
      name: "benchmarks",
      dependencies: ["Daemon", "TestSupport", "CrashHarness", .product(name: "Logging", package: "swift-log")],
      path: "Benchmarks/Sources",
      swiftSettings: strict
    ),

    // One test target per module.
    .target(name: "TestSupport", dependencies: ["Deadlines"], path: "Tests/TestSupport", swiftSettings: strict),
    .target(
      name: "CrashHarness",
      dependencies: ["Daemon", "TestSupport"],
      path: "Tests/CrashHarness",
      swiftSettings: strict
    ),
    .testTarget(name: "DeadlinesTests", dependencies: ["Deadlines", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "MessagesTests", dependencies: ["Messages", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "LedgerTests",
      dependencies: ["Ledger", "TestSupport", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: strict
    ),
    .testTarget(name: "DeliveryTests", dependencies: ["Delivery", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ConfigurationTests", dependencies: ["Configuration", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ImportingTests",
      dependencies: ["Importing", "Configuration", "TestSupport"],
      swiftSettings: strict
    ),
    .testTarget(
      name: "DaemonTests",
      dependencies: [
        "Daemon", "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      swiftSettings: strict
    ),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["Deadlines", "Ledger", "Messages", "nhachan", "TestSupport", "CrashHarness"],
      swiftSettings: strict
    ),
  ],
  swiftLanguageModes: [.v6]
)
