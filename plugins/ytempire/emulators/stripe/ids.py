"""Stripe's ids (a prefix tells the kind), and chance: both follow from the seed and a name."""

from __future__ import annotations

import string
from random import Random

from ytempire.emulators.youtube import chance

_ALPHABET = string.digits + string.ascii_letters
#: Prefix of an id -> the list of the API that such things are in.
KINDS = {
    "cus": "customers",
    "prod": "products",
    "price": "prices",
    "sub": "subscriptions",
    "si": "subscription_items",
    "in": "invoices",
    "ch": "charges",
    "re": "refunds",
    "dp": "disputes",
    "txn": "balance_transactions",
    "po": "payouts",
    "evt": "events",
}


def identifier(prefix: str, *keys: object) -> str:
    """An id such as `cus_9s6XKzkNRiz8i3`: the same keys, the same id."""
    number = int.from_bytes(chance.digest(prefix, *keys), "big")
    letters = ""
    for _ in range(14):
        number, place = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[place]
    return f"{prefix}_{letters}"


def kind_of(name: str) -> str | None:
    """The list that a thing with such an id is in; None: of no kind that is served here."""
    return KINDS.get(name.partition("_")[0])


def dice(*keys: object) -> Random:
    """Chance that hangs on the keys alone; a longer draw begins with the shorter one."""
    return Random("/".join(map(str, keys)))  # noqa: S311 (no secret hangs on it)
