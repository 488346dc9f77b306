/// What an English word does in a time limit: mostly the work of a Vietnamese one, at another place in the sentence.
enum EnglishWord: Hashable, Sendable {
  /// The same as this term, at the same place.
  case term(Term)
  case month(Int)
  /// ISO weekday.
  case weekday(Int)
  case ordinal(Int)
  case number(Int)
  /// “quarterly”: every so many of a unit.
  case cycle(Int, Term)
  /// “once”, “twice”.
  case times(Int)
  /// “the end”, “the beginning”, “mid”: the part comes before its period in Vietnamese too.
  case part(Term)
  /// “early June”, “late 2026”: a part that no law fixes.
  case vaguePart(Term)
  case half
  /// “this”, “next”: behind the unit in Vietnamese.
  case relative(Term)
  case other
  case per
  case between
  case am, pm
  /// A time of day in words: hour and minute.
  case clock(Int, Int)
  case issue
  case fortnight
  case skip
}

/// Every English word that the reader knows: the one place to extend for English, as `Words` is for Vietnamese.
///
/// The longest expression wins; a hyphen counts as a space.
enum EnglishWords {
  static let table: [(word: EnglishWord, words: String)] = [
    (.month(1), "january, jan"), (.month(2), "february, feb"), (.month(3), "march, mar"), (.month(4), "april, apr"),
    (.month(5), "may"), (.month(6), "june, jun"), (.month(7), "july, jul"), (.month(8), "august, aug"),
    (.month(9), "september, sep, sept"), (.month(10), "october, oct"), (.month(11), "november, nov"),
    (.month(12), "december, dec"),
    (.weekday(1), "monday, mondays"), (.weekday(2), "tuesday, tuesdays"), (.weekday(3), "wednesday, wednesdays"),
    (.weekday(4), "thursday, thursdays"), (.weekday(5), "friday, fridays"), (.weekday(6), "saturday, saturdays"),
    (.weekday(7), "sunday, sundays"),
    (.ordinal(1), "first"), (.ordinal(2), "second"), (.ordinal(3), "third"), (.ordinal(4), "fourth"),
    (.ordinal(5), "fifth"), (.ordinal(6), "sixth"), (.ordinal(7), "seventh"), (.ordinal(8), "eighth"),
    (.ordinal(9), "ninth"), (.ordinal(10), "tenth"), (.ordinal(15), "fifteenth"), (.ordinal(20), "twentieth"),
    (.ordinal(25), "twenty fifth"), (.ordinal(30), "thirtieth"), (.ordinal(31), "thirty first"),
    (.number(1), "one"), (.number(2), "two"), (.number(3), "three"), (.number(4), "four"), (.number(5), "five"),
    (.number(6), "six"), (.number(7), "seven"), (.number(8), "eight"), (.number(9), "nine"), (.number(10), "ten"),
    (.number(11), "eleven"), (.number(12), "twelve"), (.number(14), "fourteen"), (.number(15), "fifteen"),
    (.number(20), "twenty"), (.number(21), "twenty one"), (.number(25), "twenty five"), (.number(30), "thirty"),
    (.number(45), "forty five"), (.number(60), "sixty"), (.number(90), "ninety"),

    (.cycle(1, .day), "daily"), (.cycle(1, .week), "weekly"), (.cycle(1, .month), "monthly"),
    (.cycle(1, .quarter), "quarterly, three monthly, 3 monthly"), (.cycle(1, .year), "yearly, annually, annual"),
    (.cycle(6, .month), "half yearly, six monthly, 6 monthly, semi annually, semi annual, semiannually, semiannual"),
    (.cycle(6, .month), "biannually, biannual, every half year, each half year"),
    (.cycle(9, .month), "nine monthly, 9 monthly"),
    (.fortnight, "fortnight"),
    (.cycle(2, .week), "fortnightly, every fortnight, each fortnight"),
    (.times(1), "once"), (.times(2), "twice"),
    (.per, "per"), (.other, "other, alternate"),

    (.part(.last), "end, close, the end, end of, close of, conclusion of"),
    (.part(.first), "beginning, start, beginning of, start of"),
    (.part(.middle), "middle, mid, middle of"),
    (.vaguePart(.first), "early, early in"), (.vaguePart(.last), "late, late in"),
    (.half, "half, halves"),
    (.relative(.this), "this, current, the current"),
    (.relative(.next), "next, following, coming, subsequent, the following, the next, the coming"),

    (.term(.day), "day, days, calendar day, calendar days, date"),
    (
      .term(.workingDay), "working day, working days, business day, business days, workday, workdays, weekday, weekdays"
    ),
    (.term(.week), "week, weeks"), (.term(.month), "month, months"), (.term(.quarter), "quarter, quarters"),
    (.term(.year), "year, years, calendar year"), (.term(.hour), "hour, hours, hrs, o'clock"),
    (.term(.minute), "minutes, minute"),
    (.term(.schoolYear), "school year, academic year, fiscal year, financial year, fy"),

    (.term(.before), "before, prior to, ahead of, earlier than"),
    (
      .term(.latest),
      "no later than, not later than, on or before, before or on, by or before, at the latest by, latest"
    ),
    (
      .term(.latest), "at the latest on, before the end of, prior to the end of, no later than by, not after, up to and"
    ),
    (.term(.latest), "latest by, not later than by, at latest by, before or by, on or prior to"),
    (.term(.limit), "deadline, due, due date, due by, due on, deadline for submission, time limit, closing date"),
    (.term(.until), "by, until, till, to, through, up to, up until, no more than until, thru, inclusive of"),
    (.term(.within), "in, on, during, throughout, over, in the course of, in the month of, for, falling in"),
    (.term(.span), "within, within a period of, within the period of, in a period of, no more than, not more than"),
    (.term(.span), "in at most, at most, not exceeding, up to a maximum of, less than"),
    (.term(.from), "from, since, starting, starting from, beginning from, effective, effective from, as of, as from"),
    (.term(.from), "starting on, beginning on, commencing, commencing on, with effect from"),
    (.term(.after), "after, following receipt of, later than, upon expiry of"),
    (.term(.notBefore), "not before, no earlier than, not earlier than, no sooner than"),
    (.term(.presently), "now, today onwards"),
    (.term(.at), "at"),
    (.term(.cutOff), "data as of, data up to, data until, valid until, valid to, valid from, effective until"),
    (.term(.today), "today, the same day, same day"), (.term(.tomorrow), "tomorrow"),
    (.between, "between"),
    (.am, "am, a m"), (.pm, "pm, p m"),
    (.clock(12, 0), "noon, midday, 12 noon, 12 midday"), (.clock(24, 0), "midnight"),
    (.clock(17, 0), "close of business, end of business, cob, eob, eod, end of day, end of the day, office hours"),
    (.clock(17, 0), "end of the working day, end of working day, end of business day, close of play"),

    (.term(.every), "every, each"),
    (.term(.periodic), "periodic, periodically, regular"),
    (.term(.times), "times, time"),
    (.term(.report), "report, reports, reporting, progress report, progress reports, reporting on progress"),

    (.term(.continuous), "ongoing, continuous, continuously, continually, regularly, on an ongoing basis, permanently"),
    (.term(.continuous), "on a continuous basis, on a regular basis, all year round, year round, permanent"),
    (
      .term(.followingYears), "following years, subsequent years, the following years, the years thereafter, thereafter"
    ),
    (.term(.followingYears), "years to come, the coming years, each year thereafter, subsequent ones, beyond, onwards"),
    (.term(.onRequest), "on request, upon request, at the request, as requested, when requested, ad hoc, on demand"),
    (
      .term(.onRequest), "as required, if required, when required, as needed, when needed, as necessary, when necessary"
    ),
    (
      .term(.onRequest),
      "as and when required, upon instruction, as instructed, tbd, tba, to be determined, to be announced"
    ),
    (
      .term(.whenever),
      "when, once the, upon, after the issuance of guidance, until further notice, whenever, as soon as"
    ),
    (.term(.vague), "as soon as possible, asap, soonest, in due course, in a timely manner, timely, urgent, urgently"),
    (
      .term(.vague),
      "promptly, as scheduled, on schedule, at the earliest, in good time, soon, shortly, early as possible"
    ),
    (.term(.immediately), "immediately, at once, without delay, forthwith, right away"),
    (.term(.done), "completed, already completed, already done, finished, done"),
    (.term(.missing), "ditto, as above, same as above, n a, none"),
    (.issue, "issue, issuance, signing, signature, promulgation, date of issue, date of issuance, issue date"),
    (.issue, "date of signing, date of signature, signing date, day of issue, the date of this plan, its issuance"),
    (.term(.gathering), "meeting, conference, session, congress, election, workshop, ceremony, seminar, inspection"),
    (.term(.occasion), "occasion of, on the occasion of"),

    (.term(.document), "plan, decision, directive, circular, decree, resolution, notice, document, letter, conclusion"),
    (.term(.law), "law, code, ordinance, constitution"),
    (.term(.numberSign), "no, number"),
    (.term(.atLeast), "at least, minimum, a minimum of, not less than, no less than"),
    (.term(.compared), "compared with, compared to, relative to, against the"),
    (.term(.yearly), "budget"),
    (.term(.and), "and, as well as"), (.term(.or), "or"),
    (
      .term(.hedge),
      "about, around, approximately, tentatively, roughly, circa, preferably, except, unless, if, expected"
    ),
    (
      .term(.hedge),
      "excluding, possibly, ideally, estimated, provisionally, bi monthly, bimonthly, biweekly, bi weekly"
    ),
    (
      .term(.hedge), "planned for, some time, sometime, other than, subject to, depending on, whichever, earlier, later"
    ),
    (.term(.not), "not"),
    (.term(.of), "of"),
    (.term(.finish), "complete, completion, finish, finalise, finalize, conclude, to be completed, be completed"),
    (.term(.finish), "must be completed, should be completed, shall be completed, will be completed, to be done"),
    (.term(.verb), "submit, send, report to, implement, carry out, prepare, review, issue to, file, deliver, provide"),
    (.term(.noun), "results, result, tasks, task, items, item, sections, section, annex, copies, staff, units"),
    (.skip, "the, a, an, basis, inclusive, included, on a, on an, at the latest, at latest, on the basis, dated"),
  ]

  /// By their first word, the longest first.
  static let lexicon: [String: [(words: [String], word: EnglishWord)]] = {
    var lexicon: [String: [(words: [String], word: EnglishWord)]] = [:]
    for (word, words) in table {
      for expression in words.split(separator: ",") {
        let parts = expression.split(separator: " ").map(String.init)
        lexicon[parts[0], default: []].append((parts, word))
      }
    }
    return lexicon.mapValues { $0.sorted { $0.words.count > $1.words.count } }
  }()

  /// First words of everything that may tell of English, months and weekdays included.
  static let tellingFirstWords = Set(
    lexicon.compactMap { first, entries in
      entries.contains { isTelling($0.words, $0.word) || isNameOfTime($0.word) } ? first : nil
    } + ["q", "qi", "qii", "qiii", "qiv", "h"]
  )

  private static func isNameOfTime(_ word: EnglishWord) -> Bool {
    switch word {
    case .month, .weekday: true
    default: false
    }
  }

  /// Words that make a phrase without a single Vietnamese mark an English one.
  ///
  /// Not the short ones that Vietnamese without marks writes too: “to” is tổ, “in” is in, “may” is máy.
  static func isTelling(_ words: [String], _ word: EnglishWord) -> Bool {
    let ambiguous: Set<String> = [
      "to", "in", "on", "at", "may", "mar", "no", "the", "a", "an", "am", "pm", "day", "fy", "or", "an", "cob", "sep",
      "dec", "jan", "jun", "tba", "tbd", "over", "none", "sat", "mon", "thu", "at", "file", "soon", "done",
    ]
    return words.count > 1 || !ambiguous.contains(words[0])
  }
}
