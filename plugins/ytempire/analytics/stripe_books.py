"""Stripe's books into `raw`: everything is fetched first, then landed in one transaction.

The first pull reads all there is. Each later one reads what was created since (a day of overlap;
movements of the balance ten days, since their money arrives without an event) and, by the events,
what has changed; once a day all that is open. Events reach back thirty days: a source that was not
read for so long is read whole again. Every change is kept as a version.

The watermark is Stripe's own time, that of the newest event or thing seen: no clock of ours
decides what is asked for, and what a failed run did not land the next one does.
"""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ytempire.analytics import inbox
from ytempire.analytics import stripe_landing as landing
from ytempire.analytics.stripe_pull import Pull
from ytempire.analytics.stripe_rows import KINDS
from ytempire.errors import InvalidInput, MalformedAnswer
from ytempire.providers.stripe import client

SOURCE, DAILY, BACKFILL = "stripe", "stripe_daily", "stripe_backfill"
OVERLAP = timedelta(days=1)
#: Until the money of a payment has arrived (Stripe: at most seven days, and some bank holidays).
ARRIVAL = timedelta(days=10)
#: How far back the once-a-day look reads what was created.
DAILY_REACH = timedelta(days=35)
#: Stripe keeps events for thirty days; one is left as a margin.
EVENTS_REACH = timedelta(days=29)
#: What an event tells of -> the list that it is in. Items and lines come with what holds them.
_TOLD = {
    "product": "products",
    "price": "prices",
    "customer": "customers",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "charge": "charges",
    "refund": "refunds",
    "dispute": "disputes",
}
#: What finds all of a kind: unasked, Stripe leaves out subscriptions that ended and prices that
#: are sold no more.
_EVERY: dict[str, tuple[dict[str, Any], ...]] = {
    "subscriptions": ({"status": "all"},),
    "prices": ({"active": True}, {"active": False}),
}
#: Lists that hold few things, or that Stripe gives no event for when they change.
_WHOLE = ("products", "prices")


def pull(run_id: str, start: date | None = None, end: date | None = None) -> dict[str, int]:
    """Fetch what is due, or what was created on the days of a range, and land what changed.

    Args:
        start, end: UTC days, both included: a backfill; without an end, until now.

    Returns:
        Rows written by table; empty: this run had landed before.

    Raises:
        InvalidInput: the range ends before it begins.
        ContractBroken: Stripe answers in another shape; nothing of this pull was stored.
        Else as `client.Stripe`.
    """
    if end is not None and (start is None or end < start):
        raise InvalidInput(f"A backfill from {start} to {end} has no days.", "Give both dates.")
    source = SOURCE if start is None else BACKFILL
    if landing.is_landed(source, run_id):
        return {}
    with closing(client.connect()) as stripe, closing(Pull(stripe, run_id)) as made:
        try:
            if start is not None:
                _read_range(made, start, end)
            is_daily = start is None and _read_due(made)
            made.read_lacking_prices()
        except (KeyError, TypeError, AttributeError) as error:
            raise MalformedAnswer(
                f"Stripe's answer lacks or garbles a field: {error!r}.",
                "Nothing of this pull was stored; the next one asks again.",
            ) from error
        if start is not None:
            return landing.land(made, {BACKFILL: made.fetched_at})
        watermark = made.reach or made.fetched_at
        return landing.land(
            made, {SOURCE: watermark} | ({DAILY: made.fetched_at} if is_daily else {})
        )


def _read_due(made: Pull) -> bool:
    """Read what the watermarks ask for; whether that was the look of the day."""
    since = inbox.watermark(SOURCE)
    newest = made.stripe.first("events")
    if newest is not None:
        made.reach = datetime.fromtimestamp(newest["created"], UTC)
    present = max(made.reach or made.fetched_at, made.fetched_at)
    if since is None or present - since > EVENTS_REACH:
        _read_everything(made)
        return True
    is_daily = inbox.day_of_last(DAILY) != made.fetched_at.date()
    if is_daily:
        _read_open(made)
    back = DAILY_REACH if is_daily else OVERLAP
    for kind in KINDS:
        if kind not in _WHOLE or not is_daily:
            reach = max(back, ARRIVAL) if kind == "balance_transactions" else back
            _read_lists(made, kind, created=_from(since - reach))
    _read_changed(made, since - OVERLAP)
    made.look_at_balance()
    return is_daily


def _read_everything(made: Pull) -> None:
    for kind in KINDS:
        _read_lists(made, kind)
    made.look_at_balance()


def _read_open(made: Pull) -> None:
    """Whatever may still change, also where no event told of it."""
    for kind in (*_WHOLE, "disputes"):
        _read_lists(made, kind)
    made.read_all("subscriptions", made.stripe.list("subscriptions"))
    for status in ("draft", "open"):
        made.read_all("invoices", made.stripe.list("invoices", status=status))


def _read_changed(made: Pull, since: datetime) -> None:
    """Each thing that an event since then tells of, as it is now."""
    changed: dict[tuple[str, str], None] = {}
    for event in made.stripe.list("events", created=_from(since)):
        told = event["data"]["object"]
        kind = _TOLD.get(told.get("object"))
        if kind is not None and told.get("id"):
            changed[kind, told["id"]] = None
    for kind, name in changed:
        made.read_one(kind, name)


def _read_range(made: Pull, start: date, end: date | None) -> None:
    first = datetime(start.year, start.month, start.day, tzinfo=UTC)
    bounds = _from(first)
    if end is not None:
        last = datetime(end.year, end.month, end.day, tzinfo=UTC) + timedelta(days=1)
        bounds["lt"] = int(last.timestamp())
    for kind in KINDS:
        _read_lists(made, kind, created=bounds)


def _read_lists(made: Pull, kind: str, **filters: Any) -> None:
    for asked in _EVERY.get(kind, ({},)):
        made.read_all(kind, made.stripe.list(kind, **asked, **filters))


def _from(moment: datetime) -> dict[str, int]:
    return {"gte": int(moment.timestamp())}
