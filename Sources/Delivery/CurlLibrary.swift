import CCurl
import Glibc

/// The C library behind both transports.
public enum CurlLibrary {
  // A static is initialised once, whichever thread comes first.
  private static let isReady: Bool = {
    // CURLOPT_NOSIGNAL stops libcurl from ignoring SIGPIPE itself, and OpenSSL writes without MSG_NOSIGNAL.
    signal(SIGPIPE, SIG_IGN)
    return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
  }()

  /// Sets libcurl up once for the process and ignores SIGPIPE.
  ///
  /// Best called first thing in `main`.
  public static func initialise() { _ = isReady }

  /// libcurl's own version, such as `7.88.1`.
  public static var version: String {
    curl_version_text().map { String(cString: $0) } ?? "unknown"
  }
}
