"""The page of a simulated year, for the demo.

python -m adapters.stats.simulated 2026-11-28 Europe/Moscow > page.html
"""

import sys
from datetime import date, timedelta, tzinfo
from zoneinfo import ZoneInfo

from adapters.stats import words
from adapters.stats.page import Note, page
from adapters.stats.year import DAYS, year
from engine.statistics import Counting, wishes

DEMO = "/demo"


def simulated(today: date, zone: tzinfo) -> str:
    """Return the page of the year that ended yesterday."""
    until = today - timedelta(days=1)
    counting = Counting(zone, until - timedelta(days=DAYS - 1), until)
    statistics = counting.of(wishes(year(until, zone)))
    note = Note(words.SIMULATED, words.BACK_TO_DEMO, DEMO)
    return page(statistics, tuple(words.warnings(statistics)), note=note)


if __name__ == "__main__":
    sys.stdout.buffer.write(simulated(date.fromisoformat(sys.argv[1]), ZoneInfo(sys.argv[2])).encode())
