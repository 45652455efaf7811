"""What providers say that they have counted: usage reports, by UTC day and item."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ytempire.domain import Billed
from ytempire.providers.usage_reports.elevenlabs import history
from ytempire.providers.usage_reports.openai import usage

#: Provider -> its report of the days from the first to the last, both included.
REPORTS: dict[str, Callable[[date, date], list[Billed]]] = {"openai": usage, "elevenlabs": history}
