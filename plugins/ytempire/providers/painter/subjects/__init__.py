"""What the painter can draw, by name, and the words that call for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ytempire.providers.painter.canvas import Canvas
from ytempire.providers.painter.subjects import desk, heavens, landscapes, money, spheres

#: Draws about a centre (x, y) within a half-size r, all pixels.
Draw = Callable[[Canvas, float, float, float], None]


@dataclass(frozen=True)
class Subject:
    """One thing the painter can draw.

    Attributes:
        words: stems that call for it in a text; a trailing `*` stands for any ending.
        is_place: it fills the picture and is its own ground.
        with_all: other subjects that must be named too, for diagrams of several things.
        reach: how far to a side it goes at most, in half-sizes.
        is_spread: some of it runs on past that: an orbit, a wave.
    """

    draw: Draw
    words: tuple[str, ...]
    is_place: bool = False
    with_all: tuple[str, ...] = ()
    reach: float = 1.12
    is_spread: bool = False


SUBJECTS: dict[str, Subject] = {
    "pull": Subject(
        spheres.pull,
        ("pull*", "gravit*", "bulge*", "heap*"),
        with_all=("moon",),
        reach=1.3,
        is_spread=True,
    ),
    "alignment": Subject(
        spheres.alignment,
        ("line", "align*", "together"),
        with_all=("sun", "moon"),
        reach=1.2,
        is_spread=True,
    ),
    "moon": Subject(spheres.moon, ("moon*", "lunar")),
    "sun": Subject(spheres.sun, ("sun", "sunlight", "solar", "sunrise", "sunset", "daylight")),
    "planet": Subject(
        spheres.planet, ("planet*", "saturn", "jupiter", "neptune", "uranus", "orbit*"), reach=1.4
    ),
    "earth": Subject(spheres.earth, ("earth*", "globe", "world*", "continent*", "climate")),
    "galaxy": Subject(
        heavens.galaxy, ("galax*", "universe", "cosmos", "cosmic", "nebula*", "milky")
    ),
    "ship": Subject(
        landscapes.ship,
        ("ship*", "sail*", "fleet*", "voyage*", "harbour*", "harbor*", "cargo"),
        is_place=True,
    ),
    "shore": Subject(
        landscapes.shore,
        ("beach*", "shore*", "coast*", "bay", "bays", "cliff*", "island*"),
        is_place=True,
    ),
    "sea": Subject(
        landscapes.sea,
        ("sea", "seas", "ocean*", "tide*", "tidal", "water*", "river*"),
        is_place=True,
    ),
    "dish": Subject(
        heavens.dish,
        ("telescope*", "radio", "antenna*", "observator*", "signal*"),
        reach=1.25,
    ),
    "light": Subject(
        heavens.light,
        (
            "light",
            "glow*",
            "spectrum",
            "wavelength*",
            "microwave*",
            "wave*",
            "stretch*",
            "sound*",
            "frequenc*",
        ),
        is_spread=True,
    ),
    "night": Subject(
        heavens.night,
        ("star", "stars", "starlight", "night*", "sky", "skies", "dark*", "space"),
        is_place=True,
    ),
    "balance": Subject(
        money.balance,
        ("balanc*", "equal*", "agree*", "debit*", "credit*", "weigh*", "scale", "scales", "fair*"),
        reach=1.25,
    ),
    "coin": Subject(
        money.coin,
        (
            "coin*",
            "money",
            "gold*",
            "silver",
            "cash",
            "pric*",
            "pay*",
            "paid",
            "dollar*",
            "euro*",
            "profit*",
            "wealth*",
            "rich",
            "cost*",
            "debt*",
            "earn*",
        ),
    ),
    "screen": Subject(
        desk.screen,
        ("computer*", "screen*", "software", "digital", "online", "internet", "video*", "views"),
    ),
    "ledger": Subject(
        desk.ledger,
        (
            "ledger*",
            "book*",
            "account*",
            "entry",
            "entries",
            "record*",
            "page*",
            "printed",
            "wrote",
            "written",
            "columns",
        ),
        reach=1.16,
    ),
    "tree": Subject(
        desk.tree,
        ("tree*", "network*", "branch*", "map", "business*", "compan*", "system*", "structure*"),
    ),
    "bank": Subject(
        money.bank,
        (
            "bank",
            "banks",
            "banker*",
            "banking",
            "treasur*",
            "government*",
            "empire*",
            "tax*",
            "loan*",
            "law",
            "laws",
            "temple*",
        ),
    ),
    "clock": Subject(
        desk.clock,
        (
            "clock*",
            "time",
            "times",
            "hour*",
            "minute*",
            "second",
            "seconds",
            "day",
            "daily",
            "century",
            "centuries",
            "year*",
            "old",
        ),
    ),
    "city": Subject(
        landscapes.city,
        (
            "cit*",
            "town*",
            "street*",
            "venice",
            "florence",
            "london",
            "rome",
            "paris",
            "market*",
            "merchant*",
            "trade*",
        ),
        is_place=True,
    ),
    "mountain": Subject(
        landscapes.mountain,
        ("mountain*", "peak*", "hill*", "summit*", "rock*", "volcan*", "glacier*", "snow*"),
        is_place=True,
    ),
    "rosette": Subject(
        money.rosette,
        ("banknote*", "note", "notes", "currenc*", "inflation", "bill", "bills", "secur*"),
        reach=1.16,
    ),
}


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    ends = (
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in words
    )
    return re.compile(rf"\b(?:{'|'.join(ends)})\b", re.IGNORECASE)


_PATTERNS = {name: _pattern(subject.words) for name, subject in SUBJECTS.items()}


def named_in(text: str) -> tuple[str, ...]:
    """The subjects a text calls for: diagrams of several things first, then by first mention."""
    places: dict[str, int] = {}
    for name, pattern in _PATTERNS.items():
        if match := pattern.search(text):
            places[name] = match.start()
    fit = [name for name in places if all(other in places for other in SUBJECTS[name].with_all)]
    return tuple(sorted(fit, key=lambda name: (not SUBJECTS[name].with_all, places[name])))


#: Named in passing more often than meant: asked only after what else a scene names.
VAGUE = frozenset({"clock", "tree", "rosette", "screen", "light", "night"})
