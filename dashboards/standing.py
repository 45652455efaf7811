"""What a name that signed in is good for now: asked of the database each time it matters.

`admin` is known from the settings. Of others the last answer is kept for the time that the database
is down: they go on reading; nothing can be done then, since the audit log cannot be written.
"""

from __future__ import annotations

import psycopg
from ytempire.config import settings
from ytempire.errors import ServiceFailed, YTEmpireError
from ytempire.people import roster
from ytempire.people.roster import BUILT_IN, Role, Standing
from ytempire.warehouse.database import connect

_last: dict[str, Standing] = {}


def of(name: str) -> Standing | None:
    """What a name other than `admin` is good for; None: nothing, or nobody knows for now."""
    try:
        return asked(name)
    except ServiceFailed:
        return None


def asked(name: str) -> Standing | None:
    """The same for who is at the door. Raises ServiceFailed: nobody knows for now."""
    try:
        with connect() as db:
            found = roster.standing(db, name, strangers())
    except (YTEmpireError, psycopg.Error) as error:
        if name in _last:
            return _last[name]
        raise ServiceFailed("Nobody can be looked up now. Try again in a while.") from error
    if found is None:
        _last.pop(name, None)
    else:
        _last[name] = found
    return found


def role_of(name: str) -> Role | None:
    """The role that a name has now; None: it may not be here."""
    if name == BUILT_IN:
        return Role.ADMIN
    found = of(name)
    return found and found.role


def strangers() -> Role | None:
    """The role of people whom the organisation knows and `ops.people` does not, if they get any."""
    role = settings().oidc.role
    return Role(role) if role else None
