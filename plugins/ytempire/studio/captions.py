"""Captions from the voice's own word times: burned word by word (ASS), and to upload (SRT)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

from ytempire.domain import Format, Frozen, Identity, Narration, Word
from ytempire.studio.fonts import CAPTION_FAMILY, face

#: A line breaks where the voice rests this long, in seconds.
REST_S = 0.42
#: A line stays up to this long after its last word, in seconds.
LINGER_S = 0.35


class Look(Frozen):
    """How captions sit in a format. Sizes in pixels.

    Attributes:
        size: of the letters, as libass counts them.
        x, y: the middle of the line: clear of the Shorts buttons (right 12 %, bottom 18 %).
        widest: a line is no wider than this; a longer word is drawn narrower.
        most_words: of a line.
    """

    size: int
    x: int
    y: int
    widest: int
    most_words: int
    outline: int


LOOKS = {
    Format.SHORT: Look(size=98, x=512, y=1345, widest=890, most_words=4, outline=7),
    Format.WIDE: Look(size=72, x=960, y=932, widest=1320, most_words=6, outline=5),
}

_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Word,{family},{size},{ink},{ink},{edge},&H80000000,\
0,0,0,0,100,100,0,0,1,{outline},3,5,0,0,0,1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""


def lines(
    words: Sequence[Word], most_words: int, fits: Callable[[str], bool]
) -> Iterator[tuple[Word, ...]]:
    """Words grouped as they are shown: broken at scenes, sentences, rests, and by width."""
    line: list[Word] = []
    for word in words:
        if line and _breaks(line, word, most_words, fits):
            yield tuple(line)
            line = []
        line.append(word)
    if line:
        yield tuple(line)


def _breaks(line: Sequence[Word], word: Word, most_words: int, fits: Callable[[str], bool]) -> bool:
    before = line[-1]
    return (
        len(line) >= most_words
        or word.scene != before.scene
        or word.start - before.end > REST_S
        or before.text.rstrip("\"'”’)")[-1:] in ".!?…:;。！？؟।"
        or (before.text.endswith((",", "—")) and len(line) * 2 >= most_words)
        or not fits(" ".join([*(item.text for item in line), word.text]))
    )


def write_ass(
    narration: Narration,
    format: Format,
    identity: Identity,
    out: Path,
    *,
    shift: float = 0.0,
    size: tuple[int, int] | None = None,
) -> Path:
    """Write word-by-word captions to burn: one event a word, the spoken one in the accent colour.

    Every event shows its whole line, so the letters stand still while the colour moves on.
    """
    look = LOOKS[format]
    width, height = format.size
    surface, _, accent, second = identity.palette[1:]
    header = _HEADER.format(
        width=width,
        height=height,
        family=CAPTION_FAMILY,
        size=look.size,
        ink=_colour("#ffffff"),
        edge=_colour("#05070c"),
        outline=look.outline,
    )
    shown = _apart(accent, second, surface)
    events: list[str] = []
    grouped = list(lines(narration.words, look.most_words, lambda text: _fits(text, look)))
    for index, line in enumerate(grouped):
        after = grouped[index + 1][0].start if index + 1 < len(grouped) else narration.seconds
        events.extend(_events(line, after, look, shown))
    return _write(out, header + "\n".join(events) + "\n")


def _events(line: tuple[Word, ...], after: float, look: Look, colour: str) -> Iterator[str]:
    squeeze = _squeeze(" ".join(word.text for word in line), look)
    for index, word in enumerate(line):
        is_last = index + 1 == len(line)
        end = min(word.end + LINGER_S, after) if is_last else line[index + 1].start
        end = max(end, word.end if is_last else word.start)
        start, stop = round(word.start * 100), round(end * 100)
        if stop <= start and not is_last:
            continue  # shorter than a hundredth: never seen by itself
        text = " ".join(
            f"{{\\c{_colour(colour)}}}{_escaped(item.text)}{{\\c{_colour('#ffffff')}}}"
            if item is word
            else _escaped(item.text)
            for item in line
        )
        place = f"\\pos({look.x},{look.y}){squeeze}"
        if index == 0:  # the line arrives with a small, quick swell
            place += "\\fscy94\\t(0,90,\\fscy100)"
        yield f"Dialogue: 0,{_clock(start)},{_clock(stop)},Word,,0,0,0,,{{{place}}}{text}"


def write_srt(narration: Narration, out: Path, *, shift: float = 0.0) -> Path:
    """Write captions as viewers switch them on: cues of at most two lines of 42 letters."""
    groups = list(lines(narration.words, 14, lambda text: len(text) <= 2 * 40))
    cues: list[str] = []
    for index, group in enumerate(groups):
        after = groups[index + 1][0].start if index + 1 < len(groups) else narration.seconds
        end = max(min(group[-1].end + LINGER_S, after), group[-1].end)
        text = _two_lines([word.text for word in group])
        cues.append(f"{index + 1}\n{_stamp(group[0].start)} --> {_stamp(end)}\n{text}\n")
    return _write(out, "\n".join(cues))


def _two_lines(words: list[str]) -> str:
    text = " ".join(words)
    if len(text) <= 42 or len(words) == 1:
        return text
    cut = min(range(1, len(words)), key=lambda i: abs(len(" ".join(words[:i])) - len(text) / 2))
    return " ".join(words[:cut]) + "\n" + " ".join(words[cut:])


@lru_cache(maxsize=4096)
def _width(text: str, size: int) -> float:
    # libass takes a size for the whole line height; Inter's letters are 0.83 of that.
    return face("display", 100).getlength(text) * size * 0.83 / 100


def _fits(text: str, look: Look) -> bool:
    return _width(text, look.size) <= look.widest


def _squeeze(text: str, look: Look) -> str:
    """A tag that narrows what cannot be broken, such as one very long word."""
    width = _width(text, look.size)
    if width <= look.widest:
        return ""
    share = max(int(100 * look.widest / width), 8)
    return f"\\fscx{share}"


def _escaped(text: str) -> str:
    """Text that libass shows as it stands: no override block, no line break, can be made by it."""
    joined = text.replace("\\", "\\\u2060").replace("\n", " ")  # a word joiner after the backslash
    return joined.replace("{", "\\{").replace("}", "\\}")


def _colour(rgb: str) -> str:
    """#rrggbb as ASS writes it, opaque."""
    red, green, blue = rgb[1:3], rgb[3:5], rgb[5:7]
    return f"&H00{blue}{green}{red}".upper()


def _apart(first: str, second: str, ground: str) -> str:
    """The accent that is seen better on pictures: bright, and of another hue than the ground."""

    def parts(rgb: str) -> tuple[float, float, float]:
        red, green, blue = (int(rgb[i : i + 2], 16) for i in (1, 3, 5))
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        return luma, (blue - luma) / 1.8556, (red - luma) / 1.5748

    def stands_out(rgb: str) -> float:
        return math.dist(parts(rgb)[1:], parts(ground)[1:]) + 0.5 * parts(rgb)[0]

    return max(first, second, key=stands_out)


def _clock(hundredths: int) -> str:
    seconds, rest = divmod(hundredths, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"


def _stamp(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{thousandths:03d}"


def _write(out: Path, text: str) -> Path:
    part = out.with_name(out.name + ".part")
    part.write_text(text, encoding="utf-8")
    return part.replace(out)
