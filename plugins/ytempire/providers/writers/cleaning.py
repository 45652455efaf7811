"""Makes a model's text fit to be spoken, drawn and published: plain words within their limits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ytempire.providers.painter.fonts import drawable

#: A joiner within a word belongs to Persian and Indic spelling; other format marks to nobody.
_JOINERS = "\u200c\u200d"
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>|\{\\[^{}]*\}")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^()\s]*\)")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|`{1,3}|~~)(?=\S)(.+?)(?<=\S)\1")
_DIRECTION = re.compile(
    r"[\[(]\s*(?:music|pause|beat|sfx|sound|cut to|fade|b-roll|voice-?over|narrator)\b[^\])]*[\])]",
    re.IGNORECASE,
)
_LINE_MARK = re.compile(r"^\s*(?:#{1,6}|[-*•]|>|\d{1,2}[.)])\s+|^\s*narrator\s*:\s*", re.IGNORECASE)
#: Unassigned and private signs mean nothing, and from here on a symbol is a picture: no voice says
#: it. Before it stand °, ©, № and their like.
_MEANINGLESS = frozenset({"Co", "Cn", "Cs"})
_FIRST_PICTURE = "\u2190"


def spoken(text: str) -> str:
    """Text as it is spoken: one line without markup, directions, addresses or pictures."""
    lines = (_LINE_MARK.sub("", line) for line in _visible(text).splitlines())
    text = _DIRECTION.sub(" ", " ".join(lines))
    return _plain(_ADDRESS.sub(" ", text))


def line(text: str, longest: int) -> str:
    """A line that is shown: as `spoken`, and cut between words when it is too long."""
    return shortened(spoken(text).strip('"“”'), longest)


def block(text: str, longest_bytes: int) -> str:
    """Paragraphs that are shown, of so many UTF-8 bytes at most; addresses go."""
    paragraphs = (_plain(_ADDRESS.sub("", part)) for part in _visible(text).splitlines())
    whole = "\n".join(paragraphs).strip()
    while len(whole.encode()) > longest_bytes:
        whole = shortened(whole, len(whole) - max(1, len(whole) // 20))
    return re.sub(r"\n{3,}", "\n\n", whole)


def listed(items: Iterable[str], longest: int, most: int) -> tuple[str, ...]:
    """Lines without repetitions, the first `most` of them."""
    lines = (line(item, longest).strip("#;, ") for item in items)
    unique: dict[str, str] = {}
    for each in lines:
        if each:
            unique.setdefault(each.casefold(), each)
    return tuple(unique.values())[:most]


def shortened(text: str, longest: int) -> str:
    """A text of at most so many characters, cut between words where there are any."""
    if len(text) <= longest:
        return text
    cut = text[: longest - 1]
    head = cut.rsplit(" ", 1)[0] if " " in cut[longest // 2 :] else cut
    return head.rstrip(" ,;:—–-(") + "…"


def _visible(text: str) -> str:
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(_seen(character) for character in text)
    return _LINK.sub(r"\1", "\n".join(drawable(each) for each in text.split("\n")))


def _seen(character: str) -> str:
    kind = unicodedata.category(character)
    if character == "\n" or character in _JOINERS:
        return character
    if kind in ("Cc", "Zl", "Zp"):
        return " "
    is_picture = kind == "So" and character >= _FIRST_PICTURE
    # U+FE00 and on choose between a sign's looks, which matters to emoji alone.
    is_selector = "\ufe00" <= character <= "\ufe0f"
    is_nothing = kind == "Cf" or kind in _MEANINGLESS
    return "" if is_picture or is_selector or is_nothing else character


def _plain(text: str) -> str:
    text = _TAG.sub(" ", text)
    for _ in range(2):  # emphasis within emphasis
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(text.replace("<", "‹").replace(">", "›").split())
