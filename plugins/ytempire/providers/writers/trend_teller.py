"""Tells the story of a topic's trend data: numbers computed from the signals, and no other claim.

Titles and channel names are strangers' text: they are cut to plain letters, shortened and quoted,
and never decide what is said about them.
"""

from __future__ import annotations

import hashlib
import re
import statistics
import time
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import numpy as np

from ytempire.domain import Scene, Script, Usage
from ytempire.errors import InvalidScript
from ytempire.journal import Journal
from ytempire.providers.voices import is_speakable
from ytempire.providers.writers import Brief, Signal
from ytempire.providers.writers.phrases import PHRASES, Choose

_LONGEST_TITLE = 58
_MARKUP = re.compile(r"<[^>]*>|\{[^}]*\}|https?://\S+")
_ALLOWED = re.compile(r"[^\w\s'’.,:!?&%+\-–—()/]", re.UNICODE)
#: A story of more facts than this runs past a minute.
_MOST_FACTS = 6


class TrendTeller:
    """The offline writer: a short of under a minute from what the topic's videos do now."""

    def write(self, brief: Brief, journal: Journal) -> Script:
        """See `Writer.write`. English only; the same brief always gives the same script."""
        started = time.monotonic()
        topic = plain_text(brief.topic, 60)
        if not topic or not brief.signals:
            raise InvalidScript(
                "There is no trend to tell: the brief needs a topic and at least one signal.",
                "Pull the trend feed first, or write the script yourself.",
            )
        if not tells(brief.language):
            raise InvalidScript(
                f"Trends can be told in English only, not in {brief.language}.",
                "Configure OpenAI to write in this language, or write the script yourself.",
            )
        facts = measure(brief)
        digest = hashlib.sha256(
            f"{topic}|{brief.niche}|{facts['fastest']}|{facts['total']}{_again(brief)}".encode()
        ).digest()
        random = np.random.default_rng(int.from_bytes(digest[:8], "big"))
        choose = _chooser(random, {**facts, "topic": topic})
        scenes = _told(facts, choose, random, is_simulated=brief.is_simulated)
        script = Script(
            title=choose("title")[:100],
            scenes=scenes,
            description=_description(brief, topic),
            tags=_tags(topic, brief.niche),
            thumbnail_text=choose("thumbnail").upper(),
            sources=("YouTube: public view counts of the videos named in the description",),
        )
        journal.used(Usage.seconds("trend teller", "script", time.monotonic() - started))
        return script


def _again(brief: Brief) -> str:
    """What lets a rewrite choose other phrasings than the script it replaces."""
    return f"|{'|'.join(brief.avoid)}" if brief.avoid else ""


def tells(language: str) -> bool:
    """Whether the trend teller speaks a language."""
    return language.lower().split("-")[0] == "en"


def plain_text(text: str, longest: int) -> str:
    """A stranger's text as plain words: no control signs, markup, emoji or pictures; shortened."""
    text = _MARKUP.sub(" ", unicodedata.normalize("NFKC", text))
    kept = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    kept = " ".join(_ALLOWED.sub(" ", kept).replace("_", " ").split())
    if len(kept) > longest:
        kept = kept[:longest].rsplit(" ", 1)[0].rstrip(" ,;:-–—(") + "…"
    return kept


def say_number(value: float) -> str:
    """A count as people say it: three figures at most, thousands and millions in words."""
    if value >= 999_500_000:
        return f"{value / 1e9:.1f}".removesuffix(".0") + " billion"
    if value >= 999_500:
        return f"{value / 1e6:.1f}".removesuffix(".0") + " million"
    if value >= 9_950:
        return f"{round(value / 1000):d} thousand"
    if value >= 1000:
        return f"{round(value, -2):,.0f}"
    if value >= 100:
        return f"{round(value, -1):.0f}"
    return f"{value:.0f}" if value >= 10 or value == round(value) else f"{value:.1f}"


def measure(brief: Brief) -> dict[str, str]:
    """What the signals say, each as it is spoken. Keys are the placeholders of `PHRASES`."""
    ranked = sorted(brief.signals, key=lambda s: (s.views_per_hour, s.views), reverse=True)
    top = ranked[0]
    paces = [signal.views_per_hour for signal in ranked]
    median = statistics.median(paces)
    facts = {
        "count": str(len(ranked)),
        "total": say_number(sum(signal.views for signal in ranked)),
        "fastest": say_number(top.views_per_hour),
        "fastest_title": _quoted(top.title),
        "fastest_views": say_number(top.views),
        "median": say_number(median),
    }
    if median > 0 and top.views_per_hour >= 1.5 * median and len(ranked) >= 3:
        facts["times"] = say_number(top.views_per_hour / median)
    if sum(paces) > 0 and len(ranked) >= 3:
        facts["share"] = f"{100 * top.views_per_hour / sum(paces):.0f}"
    facts |= _rest(ranked, brief.read_at)
    return {key: value for key, value in facts.items() if value}


def _rest(ranked: Sequence[Signal], now: datetime | None) -> dict[str, str]:
    """Age and spread, where there is enough to speak of."""
    facts: dict[str, str] = {}
    if now is not None:
        hours = (_utc(now) - _utc(ranked[0].published_at)).total_seconds() / 3600
        facts["age"] = _age(hours) if hours >= 1 else ""
    if len(ranked) >= 3:
        channels = {signal.channel_title for signal in ranked if signal.channel_title}
        facts["channels"] = str(len(channels)) if len(channels) >= 2 else ""
        facts["slowest"] = say_number(ranked[-1].views_per_hour)
        facts["second"] = say_number(ranked[1].views_per_hour)
        facts["second_title"] = _quoted(ranked[1].title)
        seen = max(ranked, key=lambda signal: signal.views)
        if seen is not ranked[0]:
            facts["most_views"] = say_number(seen.views)
            facts["most_title"] = _quoted(seen.title)
            facts["most_pace"] = say_number(seen.views_per_hour)
    return facts


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(hours: float) -> str:
    if hours < 36:
        return f"{hours:.0f} hours" if round(hours) != 1 else "1 hour"
    days = round(hours / 24)
    return f"{days} days" if days < 21 else f"{round(days / 7)} weeks"


def _quoted(title: str) -> str:
    plain = plain_text(title, _LONGEST_TITLE).strip("\"'“”‘’")
    return f"“{plain}”" if is_speakable(plain) else ""


def _chooser(random: np.random.Generator, facts: dict[str, str]) -> Choose:
    """Picks one of the phrasings whose every number is known; "" when none is."""

    def choose(kind: str) -> str:
        able = [phrase for phrase in PHRASES[kind] if _placeholders(phrase) <= facts.keys()]
        if not able:
            return ""
        phrase = able[int(random.integers(len(able)))]
        return _PLACEHOLDER.sub(lambda match: facts[match[1]], phrase)

    return choose


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def _placeholders(phrase: str) -> set[str]:
    return set(_PLACEHOLDER.findall(phrase))


def _told(
    facts: dict[str, str], choose: Choose, random: np.random.Generator, *, is_simulated: bool
) -> tuple[Scene, ...]:
    """Hook, facts in an order of their own, what they say, and a close."""
    label = "SIMULATED: " if is_simulated else ""
    middle = ["pace", "spread", "share", "age", "second", "most"]
    fixed, rest = middle[:1], middle[1:]
    order = [*fixed, *(rest[int(i)] for i in random.permutation(len(rest)))][:_MOST_FACTS]
    beats: list[tuple[str, Callable[[dict[str, str]], str]]] = [
        ("hook", lambda f: f"{f['fastest']} views an hour"),
        ("scope", lambda f: f"{label}{f['count']} videos, {f['total']} views"),
        *((kind, _ON_SCREEN[kind]) for kind in order),
        ("meaning", lambda f: "What it says"),
        ("close", lambda f: f"{label}numbers of today"),
    ]
    scenes = []
    for kind, on_screen in beats:
        narration = choose(kind)
        if narration:
            scenes.append(
                Scene(
                    narration=narration[:1].upper() + narration[1:],
                    on_screen=on_screen(facts),
                    picture=_PICTURES.get(kind, ""),
                )
            )
    return tuple(scenes)


_ON_SCREEN: dict[str, Callable[[dict[str, str]], str]] = {
    "pace": lambda f: f"{f['fastest']} an hour",
    "spread": lambda f: f"{f['times']} times the median",
    "share": lambda f: f"{f['share']}% of the pace",
    "age": lambda f: f"{f['age']} old",
    "second": lambda f: f"Second: {f['second']} an hour",
    "most": lambda f: f"{f['most_views']} views",
}
_PICTURES = {
    "pace": "a rising line",
    "spread": "two bars, one much taller",
    "share": "a share of a whole",
    "age": "a clock",
    "second": "a runner-up bar",
    "most": "a big number",
}


def _description(brief: Brief, topic: str) -> str:
    lines = [f"What videos about {topic} do now, in their own public numbers.", ""]
    if brief.is_simulated:
        lines[:0] = ["SIMULATED: the numbers come from a local stand-in for YouTube.", ""]
    for signal in sorted(brief.signals, key=lambda s: s.views_per_hour, reverse=True)[:5]:
        title = plain_text(signal.title, 70)
        channel = plain_text(signal.channel_title, 40)
        who = f" ({channel})" if channel else ""
        lines.append(f"- {title}{who}: {signal.views:,} views, {signal.views_per_hour:,.0f}/h")
    return "\n".join(lines)


def _tags(topic: str, niche: str) -> tuple[str, ...]:
    words = [topic.lower(), plain_text(niche, 40).lower(), "trends", "statistics"]
    return tuple(dict.fromkeys(word for word in words if word))
