"""What the audit log is told that changes nothing: sign-ins, locks, sign-outs, files taken along.

While the database is down they wait here, the latest thousand, and are written before the next one;
they then say when they happened.
"""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from typing import Any

import psycopg
from ytempire.errors import YTEmpireError
from ytempire.people import audit
from ytempire.people.audit import Outcome

_Note = tuple[str, str, str, Outcome, dict[str, Any]]
_waiting: deque[_Note] = deque(maxlen=1000)
_lock = threading.Lock()


def note(
    actor: str, action: str, outcome: Outcome = "done", *, target: str = "", **details: Any
) -> None:
    """Writes a row about somebody who comes, looks or goes; never fails, never holds a secret."""
    with _lock:
        _waiting.append((actor, action, target, outcome, details))
        try:
            while _waiting:
                who, what, whom, came_to, about = _waiting[0]
                audit.append(who, what, whom, came_to, about)
                _waiting.popleft()
        except (YTEmpireError, psycopg.Error):
            details.setdefault("happened_at", datetime.now(UTC).isoformat(timespec="seconds"))
