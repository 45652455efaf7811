"""How often a client may guess: five wrong tries, then a wait that doubles with each more."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

#: Wrong tries that cost nothing but the typing.
FREE_TRIES = 5
#: Seconds of the first wait, and of the longest.
FIRST_WAIT = 30.0
LONGEST_WAIT = 3600.0
#: Client addresses remembered; the one that tried longest ago is forgotten first.
MOST_CLIENTS = 10_000


@dataclass
class _Record:
    tries: int = 0
    locked_until: float = 0.0


class Lockout:
    """Wrong tries per client, in memory.

    Args:
        clock: seconds that only rise; another one in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, _Record] = OrderedDict()

    def begin(self, client: str) -> int:
        """Counts a try as wrong until `forgive` says otherwise.

        Returns:
            Whole seconds the client has to wait, this try not being looked at; 0: go on.
        """
        record = self._clients.setdefault(client, _Record())
        self._clients.move_to_end(client)
        if len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)
        now = self._clock()
        if now < record.locked_until:
            return math.ceil(record.locked_until - now)
        record.tries += 1
        if record.tries >= FREE_TRIES:
            doublings = min(record.tries - FREE_TRIES, 16)
            record.locked_until = now + min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)
        return 0

    def is_locked(self, client: str) -> bool:
        """Whether the client's next try would have to wait."""
        record = self._clients.get(client)
        return record is not None and self._clock() < record.locked_until

    def forgive(self, client: str) -> None:
        """The try was right: the client starts afresh."""
        self._clients.pop(client, None)
