/// Everything about one office that deciding needs: read from its configuration folder, handed on as one value.
public struct Office: Sendable {
  /// The office in every row of the ledger, as `camgiang`.
  public var id: String
  /// “UBND xã Cẩm Giàng”.
  public var name: String
  /// “Thư được gửi tự động từ hệ thống nhắc việc của …”: whom to turn to with doubts, as “Văn phòng HĐND và UBND xã”.
  public var contact: String
  public var zone: OfficeZone
  public var calendar: WorkingCalendar
  public var directory: Directory
  public var policy: Policy
  public var plans: [Plan]

  public init(
    id: String,
    name: String,
    contact: String,
    zone: OfficeZone,
    calendar: WorkingCalendar,
    directory: Directory,
    policy: Policy,
    plans: [Plan]
  ) {
    self.id = id
    self.name = name
    self.contact = contact
    self.zone = zone
    self.calendar = calendar
    self.directory = directory
    self.policy = policy
    self.plans = plans
  }
}
