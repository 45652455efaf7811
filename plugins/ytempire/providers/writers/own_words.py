"""A person's own text as a script: plain paragraphs, or a little markup where they want a say.

# Title                     or `title:` between two lines of `---`
tags: moon, ocean           also language, thumbnail, description, sources (`;` between)

A paragraph is spoken.      It is cut into scenes of a few seconds.
> words on the picture      belongs to the paragraph it touches, or to the one that follows
[picture: the Moon at sea]  what that paragraph's pictures show

## A heading                is set on the next picture, not spoken
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from ytempire.domain import Scene, Script, Usage
from ytempire.errors import InvalidScript
from ytempire.journal import Journal
from ytempire.providers.voices import is_speakable, written_words
from ytempire.providers.writers import Brief
from ytempire.providers.writers.cutting import key_phrase, scenes, sentences

LONGEST_TITLE = 100
#: A word of more letters is a wrong paste: voices stumble over it for minutes.
LONGEST_WORD = 100
_LONGEST_ON_SCREEN = 44
_FIELDS = ("title", "tags", "language", "thumbnail", "description", "sources")
_FIELD = re.compile(rf"^({'|'.join(_FIELDS)})\s*:\s*(.*)$", re.IGNORECASE)
_PICTURE = re.compile(r"^\[\s*picture\s*:\s*(.*?)\s*\]$", re.IGNORECASE)
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_LIST_MARK = re.compile(r"^(?:[-*+]|\d{1,2}[.)])\s+")
_RULE = re.compile(r"^(?:-{3,}|\*{3,}|_{3,})$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_EMPHASIS = re.compile(r"(\*\*|__|\*|_|`)(?=\S)(.+?)(?<=\S)\1(?!\w)")
#: Marks that are not seen nor heard, and only confuse what counts characters.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")


@dataclass
class _Paragraph:
    lines: list[str] = field(default_factory=list)
    on_screen: str = ""
    picture: str = ""


class OwnWords:
    """The writer that takes a person's text as it stands."""

    def write(self, brief: Brief, journal: Journal) -> Script:
        """See `Writer.write`."""
        started = time.monotonic()
        script = parse_script(brief.text)
        journal.used(Usage.seconds("own words", "script", time.monotonic() - started))
        return script


def parse_script(text: str) -> Script:
    """The script that a person's text describes.

    Raises:
        InvalidScript: it is empty, holds control characters, a word of more than 100 letters, or
            nothing that can be spoken.
    """
    lines = _clean(text).splitlines()
    fields, body = _fields(lines)
    paragraphs = list(_paragraphs(body, fields))
    cut = tuple(scene for paragraph in paragraphs for scene in _scenes(paragraph))
    if not cut:
        raise InvalidScript(
            "The script holds nothing that can be spoken.",
            "Write sentences: signs, emoji and headings alone make no sound.",
        )
    _require_sayable(cut)
    title = _title(fields.get("title", ""), cut[0].narration)
    if not paragraphs[0].on_screen and len(title) <= _LONGEST_ON_SCREEN:
        cut = (cut[0].model_copy(update={"on_screen": title}), *cut[1:])
    return Script(
        title=title,
        scenes=cut,
        description=fields.get("description", ""),
        tags=_listed(fields.get("tags", ""), ","),
        thumbnail_text=fields.get("thumbnail", ""),
        language=fields.get("language", "").strip().lower() or "en",
        sources=_listed(fields.get("sources", ""), ";"),
    )


def _require_sayable(cut: Iterable[Scene]) -> None:
    for scene in cut:
        word = max(written_words(scene.narration), key=len, default="")
        if len(word) > LONGEST_WORD:
            raise InvalidScript(
                f"“{word[:40]}…” is a word of {len(word)} letters; no voice says that.",
                f"Break it up, or write what is to be said: at most {LONGEST_WORD} letters.",
            )


def _clean(text: str) -> str:
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n"))
    if not text.strip():
        raise InvalidScript("The script is empty.", "Write at least one sentence.")
    for number, line in enumerate(text.split("\n"), start=1):
        for character in line:
            if unicodedata.category(character) == "Cc" and character != "\t":
                raise InvalidScript(
                    f"Line {number} holds the control character U+{ord(character):04X}.",
                    "Save the file again as plain text.",
                )
    return unicodedata.normalize("NFC", text)


def _fields(lines: list[str]) -> tuple[dict[str, str], list[str]]:
    """The lines about the video, at the top only, and the rest."""
    fields: dict[str, str] = {}
    has_fence = bool(lines) and next((line for line in lines if line.strip()), "").strip() == "---"
    is_fenced = False
    for index, line in enumerate(lines):
        bare = line.strip()
        if bare == "---" and has_fence:
            if is_fenced:
                return fields, lines[index + 1 :]
            is_fenced = True
        elif match := _FIELD.match(bare):
            fields[match[1].lower()] = _plain(match[2].strip().strip("\"'"))
        elif (heading := _HEADING.match(bare)) and heading[1] == "#" and "title" not in fields:
            fields["title"] = _plain(heading[2])
        elif bare and not is_fenced:
            return fields, lines[index:]
    return fields, []


def _paragraphs(lines: Iterable[str], fields: dict[str, str]) -> Iterable[_Paragraph]:
    current = _Paragraph()
    for line in [*lines, ""]:
        bare = line.strip()
        if not bare or _RULE.match(bare):
            if current.lines:
                yield current
                current = _Paragraph()
        elif heading := _HEADING.match(bare):
            if current.lines:
                yield current
                current = _Paragraph()
            current.on_screen = _plain(heading[2])
        elif picture := _PICTURE.match(bare):
            current.picture = _plain(picture[1])
        elif bare.startswith(">"):
            current.on_screen = _plain(bare.lstrip("> "))
        else:
            if _LIST_MARK.match(bare):
                bare = _ended(_LIST_MARK.sub("", bare))
            current.lines.append(bare)


def _ended(line: str) -> str:
    return line if line[-1:] in ".!?…:;," else f"{line}."


def _scenes(paragraph: _Paragraph) -> Iterable[Scene]:
    spoken = _plain(" ".join(paragraph.lines))
    if not is_speakable(spoken):
        return
    for index, narration in enumerate(scenes(spoken)):
        yield Scene(
            narration=narration,
            on_screen=_on_screen(paragraph.on_screen, narration, is_first=index == 0),
            picture=paragraph.picture,
        )


def _on_screen(given: str, narration: str, *, is_first: bool) -> str:
    """A paragraph's own words stay on its later pictures, unless one has a number or a name."""
    phrase = key_phrase(narration)
    is_strong = any(character.isdigit() for character in phrase) or any(
        word[:1].isupper() for word in phrase.split()[1:]
    )
    is_known = set(phrase.lower().split()) <= set(given.lower().split())
    return given if given and (is_first or is_known or not is_strong) else phrase


def _plain(text: str) -> str:
    text = _LINK.sub(r"\1", text)
    for _ in range(2):  # emphasis within emphasis
        text = _EMPHASIS.sub(r"\2", text)
    return " ".join(text.split())


def _title(given: str, narration: str) -> str:
    """A title YouTube takes: at most 100 characters, none of them an angle bracket."""
    title = (given or sentences(narration)[0].rstrip(".")).replace("<", "").replace(">", "").strip()
    if not title:
        return "Untitled"
    if len(title) <= LONGEST_TITLE:
        return title
    return title[: LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:—-") + "…"


def _listed(text: str, separator: str) -> tuple[str, ...]:
    return tuple(item.strip().lstrip("#") for item in text.split(separator) if item.strip())
