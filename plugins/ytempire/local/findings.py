"""One line of `ytempire doctor`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing looked at: `ok`, `simulated`, `missing` (works without) or `broken`."""

    what: str
    state: str
    detail: str
