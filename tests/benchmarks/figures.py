"""One measured figure, and what it is held to."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """A measurement.

    Attributes:
        goal: the bound it is held to, None when it is only told.
        at_most: whether the goal is an upper bound.
        reference: what was measured beside it in the same run, or where the goal is from.
        ratio: figure / reference figure, where both are of this run.
    """

    name: str
    figure: float
    unit: str
    goal: float | None = None
    at_most: bool = True
    reference: str = ""
    ratio: float | None = None

    @property
    def is_ok(self) -> bool | None:
        if self.goal is None:
            return None
        return self.figure <= self.goal if self.at_most else self.figure >= self.goal

    @property
    def goal_text(self) -> str:
        if self.goal is None:
            return ""
        return f"{'≤' if self.at_most else '≥'} {self.goal:,.2f} {self.unit}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ok": self.is_ok}
