"""Lists as Stripe pages them: newest first, by the id of the last or first one seen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ytempire.emulators.stripe.journal import Body
from ytempire.emulators.stripe.refusals import invalid, missing, unknown

MOST, USUAL = 100, 10
#: Items and lines that travel inside their subscription or invoice.
INSIDE = 10
#: Filters of each list besides those of all; a field by the same name has to be equal.
FILTERS = {
    "customers": ("created", "email"),
    "products": ("created", "active"),
    "prices": ("created", "active", "currency", "product", "type"),
    "subscriptions": ("created", "customer", "status"),
    "subscription_items": ("subscription",),
    "invoices": ("created", "customer", "status"),
    "charges": ("created", "customer", "payment_intent"),
    "refunds": ("created", "charge", "payment_intent"),
    "disputes": ("created", "charge", "payment_intent"),
    "balance_transactions": ("created", "currency", "source", "type"),
    "payouts": ("created", "status"),
    "events": ("created", "type", "types"),
    "lines": (),
}
_PAGING = ("limit", "starting_after", "ending_before", "expand")
_NAME = re.compile(r"^(\w+)(?:\[(\w*)\])?$")
_BOUNDS = ("gt", "gte", "lt", "lte")


@dataclass
class Query:
    """The parameters of a request for a list, understood.

    Attributes:
        created: bounds by name (`gt`, `gte`, `lt`, `lte`), epoch seconds.
    """

    limit: int = USUAL
    starting_after: str | None = None
    ending_before: str | None = None
    expand: list[str] = field(default_factory=list)
    created: dict[str, int] = field(default_factory=dict)
    equal: dict[str, str] = field(default_factory=dict)
    types: list[str] = field(default_factory=list)


def understood(kind: str, pairs: Iterable[tuple[str, str]]) -> Query:
    """A query of one of the lists. Raises Refusal for what the list does not know."""
    query = Query()
    for name, value in pairs:
        found = _NAME.match(name)
        if found is None or found[1] not in (*FILTERS[kind], *_PAGING):
            raise unknown(name)
        _take(query, found[1], found[2], value)
    if query.starting_after and query.ending_before:
        raise invalid("starting_after", "You can only use one of starting_after, ending_before.")
    return query


def _take(query: Query, name: str, inner: str | None, value: str) -> None:
    if name in ("expand", "types"):
        getattr(query, name).append(value)
    elif name == "created":
        bound = inner or "equal"
        if bound not in (*_BOUNDS, "equal"):
            raise unknown(f"created[{inner}]")
        query.created[bound] = _number(f"created[{bound}]", value)
    elif name == "limit":
        query.limit = _number("limit", value)
        if not 1 <= query.limit <= MOST:
            raise invalid("limit", f"This value must be between 1 and {MOST}.")
    elif name in _PAGING:
        setattr(query, name, value)
    else:
        query.equal[name] = value


def _number(param: str, value: str) -> int:
    if not value.isdecimal():
        raise invalid(param, f"Invalid integer: {value}")
    return int(value)


def selected(kind: str, bodies: Iterable[Body], query: Query) -> list[Body]:
    """Those that the filters let through, in the same order."""
    wanted = dict(query.equal)
    if kind == "prices":
        # Unasked, Stripe tells of those that are sold; those made in line (they have no key here)
        # are in no list.
        wanted.setdefault("active", "true")
        bodies = (each for each in bodies if each["lookup_key"])
    if kind == "subscriptions":
        # Unasked, Stripe tells of those that live.
        status = wanted.pop("status", None)
        if status is None:
            bodies = (each for each in bodies if each["status"] != "canceled")
        elif status != "all":
            wanted["status"] = status
    return [
        body
        for body in bodies
        if all(_plain(body.get(name)) == value for name, value in wanted.items())
        and _is_within(body.get("created", 0), query.created)
        and (not query.types or body["type"] in query.types)
    ]


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_within(created: int, bounds: dict[str, int]) -> bool:
    return (
        bounds.get("gt", -1) < created >= bounds.get("gte", 0)
        and (created < bounds["lt"] if "lt" in bounds else True)
        and (created <= bounds["lte"] if "lte" in bounds else True)
        and (created == bounds["equal"] if "equal" in bounds else True)
    )


def page(bodies: Sequence[Body], query: Query, url: str, what: str) -> Body:
    """The page that a query asks for. Raises Refusal when its cursor is of no such list."""
    first, last = 0, query.limit
    if query.starting_after:
        first = _place(bodies, query.starting_after, what, "starting_after") + 1
        last = first + query.limit
    elif query.ending_before:
        last = _place(bodies, query.ending_before, what, "ending_before")
        first = max(0, last - query.limit)
    has_more = first > 0 if query.ending_before else last < len(bodies)
    return {"object": "list", "data": list(bodies[first:last]), "has_more": has_more, "url": url}


def _place(bodies: Sequence[Body], name: str, what: str, param: str) -> int:
    for place, body in enumerate(bodies):
        if body["id"] == name:
            return place
    raise missing(what, name, param)


def inside(bodies: Sequence[Body], url: str) -> Body:
    """A list as it travels inside an object: its first ones, and where the others are."""
    return {
        "object": "list",
        "data": list(bodies[:INSIDE]),
        "has_more": len(bodies) > INSIDE,
        "total_count": len(bodies),
        "url": url,
    }
