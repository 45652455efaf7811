"""Policy on facts and form, where no word decides: music, disclosure, audience, metadata."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Literal

from ytempire.domain import PolicyFinding, Script
from ytempire.studio.policy.facts import Facts

#: YouTube ignores all hashtags of a description with more than this many.
MOST_HASHTAGS = 60
#: Links in a description; more look like spam. Sources are not counted.
MOST_LINKS = 8
#: A word may make up this share of a title of six words or more.
_LARGEST_SHARE = 0.34
#: Share of a title's letters that may be capitals.
_MOST_CAPITALS = 0.7
_LINK = re.compile(r"https?://\S+|www\.\S+", re.IGNORECASE)
_SHORTENED = re.compile(
    r"\b(?:bit\.ly|tinyurl\.com|t\.co|goo\.gl|is\.gd|cutt\.ly|ow\.ly|rb\.gy)/\S+", re.IGNORECASE
)
_SMALL_WORDS = frozenset(
    {"a", "an", "the", "of", "to", "in", "on", "at", "and", "or", "is", "are", "was", "for", "with",
     "by", "it", "its", "as", "from", "that", "this", "how", "why"}
)  # fmt: skip


def about(script: Script, facts: Facts) -> Iterator[PolicyFinding]:
    """What the guidelines say about how a video is made and presented."""
    if facts.music == "unknown":
        yield _found("copyright", "severe", "facts", "music of unknown source", "about.music")
    if facts.is_synthetic and not facts.is_disclosed:
        yield _found(
            "disclosure", "severe", "facts", "generated and not disclosed", "about.undisclosed"
        )
    labelled = f"{script.title} {script.description}".casefold()
    if facts.is_simulated and "simulated" not in labelled:
        yield _found(
            "disclosure", "severe", "description", "simulated numbers, not said", "about.simulated"
        )
    if facts.is_made_for_kids and _links(script):
        yield _found("made_for_kids", "warn", "description", "links for children", "about.kids")
    yield from _stuffed(script, facts)


def _stuffed(script: Script, facts: Facts) -> Iterator[PolicyFinding]:
    """Metadata written for machines, which YouTube counts as spam."""
    words = [w for w in re.findall(r"\w+", script.title.casefold()) if w not in _SMALL_WORDS]
    if len(words) >= 6 and (most := Counter(words).most_common(1)[0])[1] / len(words) > (
        _LARGEST_SHARE
    ):
        yield _found("spam", "warn", "title", f"{most[0]} ×{most[1]}", "about.repeated-word")
    letters = [c for c in script.title if c.isupper() or c.islower()]
    if len(letters) > 12 and sum(c.isupper() for c in letters) / len(letters) > _MOST_CAPITALS:
        yield _found("spam", "warn", "title", script.title[:60], "about.capitals")
    if re.search(r"[!?]{3,}", script.title):
        yield _found("spam", "warn", "title", script.title[:60], "about.exclamation")
    tags = [tag.casefold().strip() for tag in script.tags]
    if len(tags) != len(set(tags)):
        yield _found("spam", "warn", "tags", "the same tag twice", "about.repeated-tag")
    if len(re.findall(r"(?<!\w)#\w", script.description)) > MOST_HASHTAGS:
        yield _found("spam", "warn", "description", "too many hashtags", "about.hashtags")
    if _links(script) > MOST_LINKS:
        yield _found("spam", "warn", "description", f"{_links(script)} links", "about.links")
    if short := _SHORTENED.search(f"{script.description} {script.text}"):
        yield _found("spam", "warn", "description", short[0], "about.short-link")
    if script.title.casefold().strip() in {title.casefold().strip() for title in facts.titles}:
        yield _found("spam", "warn", "title", "a title this channel had before", "about.same-title")


def _links(script: Script) -> int:
    return len(_LINK.findall(script.description))


def _found(
    category: str, severity: Literal["severe", "warn"], field: str, excerpt: str, rule: str
) -> PolicyFinding:
    return PolicyFinding(
        category=category,
        severity=severity,
        field=field,
        excerpt=excerpt,
        rule=rule,
        confidence=0.95,
    )
