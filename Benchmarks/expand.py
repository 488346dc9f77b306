"""Expands the rules of rules.tsv with python-dateutil: one rrule, or one date, for each clause.

Reports add two weekdays to their cut-off day. Nothing is read from words and no day is rolled to a working day,
which the product does as well. Prints the seconds of the expansion alone and the number of dates.
"""

import sys
import time
from datetime import datetime, timedelta

from dateutil.rrule import YEARLY, rrule


def submission(day):
    for _ in range(2):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day


def dates(row):
    if row[0] == "once":
        return [datetime.fromisoformat(row[1])]
    day, months = int(row[1]), [int(month) for month in row[2].split(",")]
    rule = rrule(
        YEARLY,
        dtstart=datetime.fromisoformat(row[3]),
        until=datetime.fromisoformat(row[4]),
        bymonth=months,
        bymonthday=-1 if day == 31 else day,
    )
    return [submission(day) for day in rule] if row[0] == "report" else list(rule)


rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[1], encoding="utf-8")]
start = time.monotonic()
count = sum(len(dates(row)) for row in rows)
print(f"{time.monotonic() - start:.3f} {count}")
