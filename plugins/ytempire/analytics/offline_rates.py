"""SIMULATED exchange rates, for a house whose money is simulated: the same on each machine."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

#: Around what each moves, a euro's worth of it; levels of no particular day.
LEVELS = {"USD": 1.1, "GBP": 0.85, "JPY": 160.0, "BRL": 6.0, "INR": 95.0, "CAD": 1.5}
#: From which day on there are some.
FIRST = date(2024, 1, 1)
SEED = 7
#: A banking day's step, and how strongly the level draws back, as shares.
_STEP, _DRAW = 0.004, 0.02
_SATURDAY = 5


def csv_until(last: date) -> str:
    """The ECB's file of the banking days up to a day, the newest first."""
    chance = random.Random(SEED)  # noqa: S311 (no secret)
    off = dict.fromkeys(LEVELS, 0.0)
    lines: list[str] = []
    for number in range((last - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if day.weekday() >= _SATURDAY:
            continue
        for currency in off:
            off[currency] += chance.gauss(0, _STEP) - _DRAW * off[currency]
        told = (f"{level * math.exp(off[name]):.4f}" for name, level in LEVELS.items())
        lines.append(",".join((day.isoformat(), *told)))
    return "\n".join((",".join(("Date", *LEVELS)), *reversed(lines))) + "\n"
