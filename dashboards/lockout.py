"""How often a client may guess a name's password: five wrong tries, then a wait that doubles with
each more. A right one says nothing about the tries at another name."""

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
#: Names of one address that are counted each for itself; those after them are counted as one.
MOST_NAMES = 50


@dataclass
class _Record:
    tries: int = 0
    locked_until: float = 0.0


class Lockout:
    """Wrong tries per client address and name, in memory.

    Args:
        clock: seconds that only rise; another one in tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._clients: OrderedDict[str, dict[str, _Record]] = OrderedDict()

    def begin(self, client: str, name: str) -> int:
        """Counts a try as wrong until `forgive` or `take_back` says otherwise.

        Returns:
            Whole seconds the client has to wait, this try not being looked at; 0: go on.
        """
        names = self._clients.setdefault(client, {})
        self._clients.move_to_end(client)
        record = names.setdefault(_counted(names, name), _Record())
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

    def is_locked(self, client: str, name: str) -> bool:
        """Whether the next try would have to wait."""
        names = self._clients.get(client, {})
        record = names.get(_counted(names, name))
        return record is not None and self._clock() < record.locked_until

    def forgive(self, client: str, name: str) -> None:
        """The try was right: this name starts afresh."""
        self._clients.get(client, {}).pop(name, None)

    def take_back(self, client: str, name: str) -> None:
        """The try was not looked at: it does not count."""
        names = self._clients.get(client, {})
        if record := names.get(_counted(names, name)):
            record.tries -= 1
            record.locked_until = 0.0


def _counted(names: dict[str, _Record], name: str) -> str:
    """The name that a try is counted under: without end, they would fill the memory."""
    return name if name in names or len(names) < MOST_NAMES else ""
