"""The channels that alerts go out by: Apprise's addresses, which hold secrets.

Apprise, and what it sends by, may write an address or parts of one to the log: their loggers are
silenced, and a channel is named by its place in the setting and its scheme alone.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, NamedTuple

from ytempire.alerts.notes import Severity
from ytempire.config import settings
from ytempire.errors import InvalidInput

if TYPE_CHECKING:
    from apprise import NotifyBase

SETTING = "YTEMPIRE_ALERTS__URLS"
#: Blanks part addresses, commas only before another one: `mailto://…?to=ann,bob` holds one itself.
_BETWEEN = re.compile(r"\s+|,(?=\s|$|[a-z][a-z0-9+.-]*://)", re.IGNORECASE)


class Channel(NamedTuple):
    """One configured address; its name can be shown, its service cannot."""

    name: str
    service: NotifyBase


def configured() -> list[Channel]:
    """The channels of the settings; none where none is set.

    Raises:
        InvalidInput: an address that Apprise cannot use, named by its place and scheme.
    """
    given = settings().alerts.urls
    if given is None:
        return []
    addresses = filter(None, _BETWEEN.split(given.get_secret_value()))
    return [_channel(place, address) for place, address in enumerate(addresses, 1)]


def send(channel: Channel, title: str, body: str, severity: Severity) -> bool:
    """Hand a message to a channel; returns whether it took it. What is too long for it is cut."""
    from apprise import Apprise, NotifyType

    kinds = {"info": NotifyType.INFO, "warning": NotifyType.WARNING, "critical": NotifyType.FAILURE}
    _quiet()
    return bool(
        Apprise(channel.service).notify(title=title, body=body, notify_type=kinds[severity])
    )


def _channel(place: int, address: str) -> Channel:
    from apprise import Apprise, OverflowMode

    scheme, given, _ = address.partition("://")
    name = f"{place} ({scheme.lower()})" if given else f"{place}"
    _quiet()
    service = Apprise.instantiate(address)
    if service is None:
        raise InvalidInput(
            f"Address {name} of {SETTING} is none that Apprise can use.",
            "Forms: https://github.com/caronc/apprise. `apprise -vv --body=test 'ADDRESS'` says "
            "more, and shows it in full.",
        )
    if service.overflow_mode is OverflowMode.UPSTREAM:  # unless ?overflow= says otherwise
        service.overflow_mode = OverflowMode.TRUNCATE
    return Channel(name, service)


def _quiet() -> None:
    logging.getLogger("apprise").disabled = True
    logging.getLogger("urllib3").setLevel(logging.ERROR)
