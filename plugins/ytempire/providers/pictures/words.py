"""The words by which a scene finds media, and media a scene."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ytempire.domain import Scene

_WORD = re.compile(r"[^\W\d_]{2,}")
#: What says nothing about what is seen. Beside the small words, those of cameras and file names.
_SILENT_WORDS = """
    a about above across after again all almost also am an and any are around as at away back be
    because been before being below beside between both but by can close could day did do does down
    each even every few first for from get gets go goes had has have he her here him his how if in
    into is it its just keep last less like made make makes many may more most much must my near no
    not now of off often on once one only onto or other our out over own part same say seen she
    should show showing shows so some still such take takes than that the their them then there
    these they thing things this those through time times to too toward towards two under until up
    upon us very view was way we well were what when where which while who whole why will with
    without would year years yet you your
    background clip close-up closeup copy dsc file footage image img jpeg jpg mov movie mp4 pexels
    photo picture png scene shot video webm webp wide"""
_SILENT = frozenset(_SILENT_WORDS.split())
_ENDINGS = ("ation", "ion", "ing", "ed", "er")


def stem(word: str) -> str:
    """A word without its English endings, so that `waves` finds `wave` and `cities` `city`.

    Coarser than Porter's: two words that meet by mistake cost a picture that is only near.
    """
    word = word.lower()
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if word.endswith(("e", "y")) and len(word) > 3:
        word = word[:-1]
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def telling(text: str) -> tuple[str, ...]:
    """The words that say what is seen, in order, each once."""
    words = (word.lower() for word in _WORD.findall(text))
    return tuple(dict.fromkeys(word for word in words if word not in _SILENT))


def stems(texts: Iterable[str]) -> frozenset[str]:
    """The stems of all telling words."""
    return frozenset(stem(word) for text in texts for word in telling(text))


def query(scene: Scene, longest: int = 6) -> str:
    """What to search for: the words of the wanted picture, else of what is shown or said."""
    for text in (scene.picture, scene.on_screen, scene.narration):
        if words := telling(text):
            return " ".join(words[:longest])
    return ""
