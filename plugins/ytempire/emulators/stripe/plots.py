"""What becomes of customers: the first ones live through all that can happen, others by chance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random
from typing import Literal

from ytempire.emulators.stripe.ids import dice

#: What happens in a billing cycle: how its invoice is paid, or what follows in its course.
Act = Literal[
    "fails_and_recovers", "fails_for_good", "stays_unpaid",
    "upgrade", "downgrade", "more_seats", "fewer_seats", "many_changes", "drops_minutes",
    "cancel_at_period_end", "cancel_now", "pause",
    "refund", "refund_part", "dispute_lost", "dispute_won", "one_off", "one_off_apart",
]  # fmt: skip
Tax = Literal["exclusive", "inclusive"]
COUNTRIES = {"usd": ("US", "US", "CA", "GB"), "eur": ("DE", "FR", "NL", "ES"), "jpy": ("JP",)}


@dataclass(frozen=True)
class Plot:
    """One subscription's life.

    Attributes:
        acts: by billing cycle, 0 being the first that is paid; -1: in the trial.
        coupon: a key of `catalog.COUPONS`.
        tax: 19 % value added tax, on top of prices (`exclusive`) or in them.
        returns_after_days: once it has ended, the same customer subscribes anew.
        second: another subscription beside it, begun a month later.
        is_deleted: the customer is deleted a month after the end.
        deal: what they pay a month by a price of their own, made in line.
    """

    plan: str = "starter"
    interval: str = "month"
    currency: str = "usd"
    seats: int = 1
    trial_days: int = 0
    coupon: str | None = None
    tax: Tax | None = None
    is_metered: bool = False
    acts: dict[int, Act] = field(default_factory=dict)
    returns_after_days: int | None = None
    second: Plot | None = None
    is_deleted: bool = False
    deal: int | None = None


SCRIPTED = (
    Plot("growth", is_metered=True),
    Plot(trial_days=14),
    Plot(trial_days=14, acts={-1: "cancel_at_period_end"}),
    Plot(acts={2: "upgrade", 9: "upgrade"}),
    Plot("growth", "month", "eur", acts={4: "downgrade"}),
    Plot("growth", seats=2, acts={1: "more_seats", 5: "fewer_seats"}),
    Plot(acts={3: "cancel_at_period_end"}),
    Plot("studio", acts={6: "cancel_now"}),
    Plot("growth", acts={3: "cancel_at_period_end"}, returns_after_days=75),
    Plot("growth", coupon="loyal"),
    Plot("starter", "month", "eur", coupon="launch"),
    Plot("growth", acts={4: "pause"}),
    Plot("studio", acts={2: "refund", 7: "refund_part"}),
    Plot("growth", acts={5: "dispute_lost"}),
    Plot("growth", "month", "eur", acts={3: "dispute_won"}),
    Plot(acts={4: "fails_for_good"}),
    Plot(acts={2: "fails_and_recovers"}),
    Plot("growth", acts={6: "stays_unpaid"}),
    Plot("growth", "month", "eur", tax="exclusive"),
    Plot("starter", acts={1: "one_off", 5: "one_off_apart"}),
    Plot("growth", "year"),
    Plot("starter", "year", "eur", acts={0: "upgrade"}),
    Plot("starter", second=Plot("growth", acts={5: "cancel_at_period_end"})),
    Plot("growth", "month", "jpy", acts={3: "refund_part"}),
    Plot(acts={2: "cancel_at_period_end"}, is_deleted=True),
    Plot("studio", seats=3, acts={8: "many_changes"}),
    Plot("growth", is_metered=True, acts={2: "drops_minutes"}),
    Plot("founder"),
    Plot("growth", deal=7900),
    Plot("growth", "month", "eur", tax="inclusive"),
)

#: Chance of each act in a month of an ordinary customer.
_HAZARDS: dict[Act, float] = {
    "cancel_at_period_end": 0.030,
    "cancel_now": 0.006,
    "upgrade": 0.015,
    "downgrade": 0.006,
    "more_seats": 0.020,
    "fewer_seats": 0.006,
    "fails_and_recovers": 0.020,
    "fails_for_good": 0.006,
    "pause": 0.004,
    "refund": 0.004,
    "refund_part": 0.006,
    "dispute_lost": 0.002,
    "dispute_won": 0.001,
    "one_off": 0.008,
}
#: What a discount or an annual plan does not go together with here.
_STEADY = ("upgrade", "downgrade", "more_seats", "fewer_seats", "pause", "one_off")
#: Months whose acts are drawn: further than anybody looks.
_MONTHS = 120


def plot_of(seed: int, number: int) -> Plot:
    """The life of a customer by its number; it does not hang on when somebody looks."""
    if number < len(SCRIPTED):
        return SCRIPTED[number]
    rng = dice(seed, "plot", number)
    currency = rng.choices(("usd", "eur", "jpy"), (70, 25, 5))[0]
    made = Plot(
        plan=rng.choices(("starter", "growth", "studio"), (60, 32, 8))[0],
        interval=rng.choices(("month", "year"), (85, 15))[0],
        currency=currency,
        seats=rng.choices((1, 2, 3), (80, 14, 6))[0],
        trial_days=rng.choices((0, 14), (60, 40))[0],
        coupon=rng.choices((None, "loyal", "launch"), (85, 5, 10))[0],
        tax="exclusive" if currency == "eur" and rng.random() < 0.4 else None,
        is_metered=currency != "jpy" and rng.random() < 0.1,
        returns_after_days=rng.choices((None, 40, 120), (85, 8, 7))[0],
    )
    is_steady = made.coupon is not None or made.interval == "year" or made.tax
    acts: dict[int, Act] = {}
    if made.trial_days and rng.random() < 0.3:
        acts[-1] = "cancel_at_period_end"
    for cycle in range(_MONTHS):
        act = _drawn(rng)
        if act is not None and not (is_steady and act in _STEADY):
            acts[cycle] = act
    if acts.get(0) in ("fails_and_recovers", "fails_for_good"):
        del acts[0]  # who cannot pay at the start has not begun
    if made.currency == "jpy":
        acts = {at: act for at, act in acts.items() if "dispute" not in act}
    return replace(made, acts=acts)


def returned(plot: Plot) -> Plot:
    """The life of a customer who has come back: the same plan, from now on without incident."""
    return replace(plot, trial_days=0, acts={}, returns_after_days=None, second=None, coupon=None)


def _drawn(rng: Random) -> Act | None:
    place = rng.random()
    for act, hazard in _HAZARDS.items():
        place -= hazard
        if place < 0:
            return act
    return None
