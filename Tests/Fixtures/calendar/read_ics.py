"""Prints the all-day entries of an iCalendar file as PyPI's icalendar reads them.

One line an entry: first day, day after the last, UID, STATUS, SUMMARY; tabs between them.
"""

import sys

import icalendar

with open(sys.argv[1], "rb") as file:
    calendar = icalendar.Calendar.from_ical(file.read())
for event in calendar.walk("VEVENT"):
    if event.errors:
        sys.exit(f"{event['UID']}: {event.errors}")
    cells = [event.decoded("DTSTART"), event.decoded("DTEND"), event["UID"], event["STATUS"], event["SUMMARY"]]
    print("\t".join(str(cell) for cell in cells))
