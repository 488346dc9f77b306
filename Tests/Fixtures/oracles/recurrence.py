"""Expands recurrence rules with python-dateutil, one rule on each line of the file given.

A line has four cells with a tab between them: start, first day wanted, last day wanted, rule. Several rules with “|”
between them are taken together. The answer is one line for each: the days with a comma between them.
"""

import datetime
import itertools
import sys

from dateutil import rrule

# Rules that never match would be followed up to the year 9999.
datetime.MAXYEAR = 2075


def day(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d")


for line in open(sys.argv[1], encoding="utf-8"):
    start, first, last, rules = line.rstrip("\n").split("\t")
    found = set()
    for rule in rules.split("|"):
        parts = [part for part in rule.split(";") if not part.startswith(("EXDATE=", "RDATE="))]
        together = rrule.rruleset()
        together.rrule(rrule.rrulestr(";".join(parts), dtstart=day(start)))
        for part in rule.split(";"):
            name, _, days = part.partition("=")
            for text in days.split(",") if name in ("EXDATE", "RDATE") else []:
                moment = datetime.datetime.strptime(text, "%Y%m%d")
                (together.exdate if name == "EXDATE" else together.rdate)(moment)
        upto = itertools.takewhile(lambda moment: moment <= day(last), together)
        found.update(moment.date() for moment in upto if moment >= day(first))
    print(",".join(date.isoformat() for date in sorted(found)))
