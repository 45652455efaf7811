"""Who looks at a page, what they may do, and the door through which pages do anything.

    if people.may("request.cancel"):
        if st.button("Cancel"):
            with people.act("request.cancel", video_id):
                queue.cancel(video_id)

`act` looks at the role anew: what a page hides it also refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import streamlit as st
from ytempire.errors import NotAllowed
from ytempire.people import audit
from ytempire.people.roster import Role

from dashboards import roles, standing

#: Set by the gate on what it lets through, and taken off whatever comes from outside.
HEADER = "x-ytempire-person"


@dataclass(frozen=True)
class Person:
    """Who is signed in, and what they are now."""

    name: str
    role: Role


_looking: ContextVar[Person | NotAllowed | None] = ContextVar("looking", default=None)


@contextmanager
def looking() -> Iterator[None]:
    """For one run of a page: who looks is asked once, as it begins. Deeds ask anew all the same,
    and so do callbacks and the parts that are drawn again by themselves: they run outside of it."""
    found: Person | NotAllowed
    try:
        found = _person_now()
    except NotAllowed as error:
        found = error
    token = _looking.set(found)
    try:
        yield
    finally:
        _looking.reset(token)


def person() -> Person:
    """Whose browser runs this page; the role is the database's of when its run began.

    Raises:
        NotAllowed: nobody's, or somebody's who was removed.
    """
    found = _looking.get()
    if isinstance(found, NotAllowed):
        raise found
    return found or _person_now()


def _person_now() -> Person:
    name = st.context.headers.get(HEADER)
    role = standing.role_of(name) if name else None
    if not name or role is None:
        raise NotAllowed("You are no longer signed in.", "Load the page anew to sign in.")
    return Person(name, role)


def may(action: str) -> bool:
    """Whether who looks at this page may do this. Raises NotAllowed: nobody is signed in."""
    return roles.may(person().role, action)


def opens(page: str) -> bool:
    """Whether who looks may open a page by now; nobody opens any."""
    try:
        return roles.opens(person().role, page)
    except NotAllowed:
        return False


@contextmanager
def act(action: str, target: str, **details: Any) -> Iterator[Person]:
    """Does something in a person's name: the block is the deed, and the audit log gets its row.

    Args:
        action: a name of `roles.ACTIONS`.
        target: whom or what it is done to, by its id.
        details: what else the log should say; never a secret.

    Raises:
        NotAllowed: this person may not; nothing was done, and the log says who tried.
        NotConfigured, ServiceFailed: the log cannot be written; nothing was done.
    """
    who = _person_now()
    if not roles.may(who.role, action):
        audit.append(who.name, action, target, "refused", details)
        raise NotAllowed(f"A {who.role} may not do this: {action}.", "Ask an admin.")
    with audit.recorded(who.name, action, target, details):
        yield who
