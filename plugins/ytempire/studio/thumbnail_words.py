"""A thumbnail's words: which, on how many lines, how large, and the one that is coloured."""

from __future__ import annotations

from ytempire.domain import Script
from ytempire.providers.painter import reading, typeset
from ytempire.providers.painter.canvas import Box
from ytempire.studio import fonts
from ytempire.studio.legibility import CAPITAL, LISTED

#: A thumbnail's width and height in pixels.
SIZE = (1280, 720)
#: Words, or characters, that can be large; a longer text gives its first words.
MOST_WORDS, MOST_CHARACTERS = 7, 36
#: A capital's height in pixels that leaves `CAPITAL` at 120 pixels of width, and a little over.
_TALL = CAPITAL * SIZE[0] / LISTED * 1.04


def thumbnail_words(script: Script) -> str:
    """The words on the thumbnail: its own, or the head of the title; only what can be drawn."""
    own = fonts.drawable(script.thumbnail_text)
    words = (own or fonts.drawable(script.title) or fonts.drawable(script.text)).split()
    if len(words) <= MOST_WORDS or len(" ".join(words)) <= MOST_CHARACTERS:
        return " ".join(words) or "?"
    return " ".join(words[:MOST_WORDS]).rstrip(",.;:،、") + typeset.ELLIPSIS


def lowest(words: str, room: Box, typeface: str) -> typeset.Setting:
    """The words in as few lines as hold them: the picture has the rest of the height."""
    setting = set_large(words, room, typeface, lines=1, largest=190)
    for lines in (2, 3):
        if _is_whole(setting, words):
            break
        setting = set_large(words, room, typeface, lines=lines, largest=118)
    return setting


def _parts(word: str) -> list[str]:
    """What may stand alone on a line when a word is too long for one."""
    return [word] if len(word) <= 9 else [word[at : at + 7] for at in range(0, len(word) - 6, 2)]


def _smallest(words: str, typeface: str) -> float:
    """Pixels per em at which the lowest word with letters is still as tall as a capital must be."""
    parts = [part for word in words.split() for part in _parts(word)]
    tall = [typeset.rise_of(part, typeface) for part in parts if any(c.isalnum() for c in part)]
    return min(_TALL / max(min(tall, default=0.7), 0.45), 190)


def _is_whole(setting: typeset.Setting, words: str) -> bool:
    """Whether a setting lost none of the words."""
    return "".join("".join(setting.lines).split()) == "".join(words.split())


def set_large(
    words: str, box: Box, typeface: str, *, lines: int, largest: float
) -> typeset.Setting:
    """The words as large as they go; in fewer lines where else a short one would stand first."""
    setting = _fitted(words, box, typeface, lines=lines, largest=largest)
    for fewer in range(len(setting.lines) - 1, 0, -1):
        if setting.widths[0] >= setting.width * 0.52:
            break
        other = _fitted(words, box, typeface, lines=fewer, largest=largest)
        if _is_whole(other, words) and other.size > setting.size * 0.6:
            setting = other
    return setting


def _fitted(words: str, box: Box, typeface: str, *, lines: int, largest: float) -> typeset.Setting:
    """The words whole, and every line tall enough; or else as many of them as can be that tall."""
    strict = _smallest(words, typeface)
    loose = _TALL / max(typeset.rise_of(words, typeface), 0.45)
    for share in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        smallest = loose + (strict - loose) * share
        setting = typeset.fit(
            words,
            box,
            largest=max(largest, smallest),
            smallest=smallest,
            typeface=typeface,
            lines=lines,
            leading=1.04,
        )
        lowest = min(typeset.rise_of(line, typeface) for line in setting.lines)
        if lowest * setting.size >= _TALL * 0.99:
            break
    return setting


def leaned_on(setting: typeset.Setting) -> str:
    """The word in the accent's colour; without spaces the last phrase with most ideographs."""
    word = reading.emphasis(" ".join(setting.lines))
    if not any(map(typeset.is_unspaced, "".join(setting.lines))):
        return word
    phrases = [p for line in setting.lines for p in typeset.said_phrases(line, setting.typeface)]
    if len(phrases) < 2:
        return ""
    return max(reversed(phrases), key=lambda phrase: sum(c > "ヿ" for c in phrase))
