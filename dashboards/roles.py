"""Who may open what and do what: one table, which the pages, the gate and the tests read."""

from __future__ import annotations

from ytempire.people.roster import Role

ALL = frozenset(Role)
STAFF = frozenset({Role.USER, Role.ADMIN})
ADMINS = frozenset({Role.ADMIN})

#: Page by its address -> who opens it.
PAGES: dict[str, frozenset[Role]] = {
    "overview": ALL,
    "revenue": ALL,
    "costs": ALL,
    "channels": ALL,
    "videos": ALL,
    "customers": ALL,
    "operations": STAFF,
    "experiments": STAFF,
    "people": ADMINS,
}
#: The page that is shown at `/`.
FRONT = next(iter(PAGES))
#: Action by its name in the audit log -> who may do it.
ACTIONS: dict[str, frozenset[Role]] = {
    "export": ALL,
    "request.add": STAFF,
    "request.reorder": STAFF,
    "request.cancel": STAFF,
    "review.answer": STAFF,
    "channel.pause": ADMINS,
    "channel.connect": ADMINS,
    "channel.settings": ADMINS,
    "experiment.plan": ADMINS,
    "experiment.stop": ADMINS,
    "people.manage": ADMINS,
    "audit.read": ADMINS,
}


def opens(role: Role, page: str) -> bool:
    """Whether a role opens a page; what is no page here is nobody's."""
    return role in PAGES.get(page, frozenset())


def may(role: Role, action: str) -> bool:
    """Whether a role may do something; KeyError: the table has no such action."""
    return role in ACTIONS[action]
