"""Prints every day of the years 1975 to 2075 with its lunar date as PyPI's lunar-vn has it.

One line a day: date, lunar year, month, 1 for a leap month, day; tabs between them.
"""

import datetime
import sys

import lunar_vn

lines = []
day = datetime.date(1975, 1, 1)
while day.year <= 2075:
    lunar = lunar_vn.solar_to_lunar(day)
    lines.append(f"{day}\t{lunar.year}\t{lunar.month}\t{int(lunar.leap)}\t{lunar.day}")
    day += datetime.timedelta(days=1)
sys.stdout.write("\n".join(lines) + "\n")
