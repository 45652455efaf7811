"""A caption line as ASS events: the words stand still while the spoken one lights up.

libass shapes and orders a line anew at every tag within it, which tears Arabic and mixed lines
apart. So no tag cuts a line: it is laid out here, by the painter's shaping, drawn whole, and drawn
again in the accent colour, clipped to the spoken word.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ytempire.domain import CaptionStyle, Frozen, Word
from ytempire.providers.painter import shaping
from ytempire.providers.voices import joined
from ytempire.studio import fonts

INK, EDGE = "#ffffff", "#05070c"
#: Tells libass that a line runs from right to left, whatever it begins with.
_RIGHT_TO_LEFT = "\u200f"
#: Letters of these files look larger or smaller than Latin ones of the same size.
_OPTICAL = {fonts.ALPHABETS: 1.08, **dict.fromkeys(fonts.REGIONS.values(), 0.94)}
#: What libass calls the size of Inter is a line's height; its em is this share of it.
_EM = 0.83


class Look(Frozen):
    """How captions sit in a frame. Sizes in pixels.

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

    def scaled(self, across: float, down: float) -> Look:
        """The same look in a frame that is wider and higher by these factors."""
        less = min(across, down)
        return Look(
            size=max(round(self.size * less), 8),
            x=round(self.x * across),
            y=round(self.y * down),
            widest=round(self.widest * across),
            most_words=self.most_words,
            outline=max(round(self.outline * less), 1),
        )


@dataclass(frozen=True)
class Cue:
    """A line and the times it is shown with: from, until, and when each word is spoken."""

    words: tuple[Word, ...]
    until: float
    shift: float = 0.0

    @property
    def spoken(self) -> Iterator[tuple[int, float, float]]:
        """Each word's place, and when it is lit: until the next one is."""
        for index, word in enumerate(self.words):
            is_last = index + 1 == len(self.words)
            end = self.until if is_last else self.words[index + 1].start
            yield index, word.start, max(end, word.start)


@dataclass(frozen=True)
class Placed:
    """A line laid out: how libass is told to draw it, and where each word then stands.

    Attributes:
        squeeze: the share of its width at which it is drawn.
        spans: left and right edge of each word in pixels.
        above, under: how far the ink goes from the middle of the line, in pixels.
    """

    text: str
    squeeze: float
    spans: tuple[tuple[float, float], ...]
    above: float
    under: float
    is_spaced: bool


@dataclass(frozen=True)
class Setter:
    """Sets lines in one look and language.

    Attributes:
        shown: the colour of the spoken word, `#rrggbb`.
    """

    look: Look
    height: int
    language: str
    shown: str
    style: CaptionStyle = "highlight"

    @property
    def _is_right_to_left(self) -> bool:
        return fonts.runs_leftward(self.language)

    def width(self, text: str) -> float:
        """How wide a text is, in pixels."""
        line, em = self._line(text)
        return line.width * em

    def _line(self, text: str) -> tuple[shaping.Line, float]:
        files = fonts.chain(text, "display", fonts.lettering("grotesque", self.language))
        line = shaping.shape(text, files, is_leftward=self._is_right_to_left)
        drawn = [glyph.file for glyph in line.glyphs]
        main = max(dict.fromkeys(drawn), key=drawn.count, default=files[0])
        return line, self.look.size * _EM * _OPTICAL.get(main, 1.0)

    def place(self, words: Sequence[Word]) -> Placed:
        """Lay out a line of words."""
        texts = [word.text for word in words]
        whole = joined(texts)
        line, em = self._line(whole)
        squeeze = min(self.look.widest / max(line.width * em, 1), 1.0)
        left = self.look.x - line.width * em * squeeze / 2
        spans: list[tuple[float, float]] = []
        at = 0
        for text in texts:
            start = line.text.index(text, at)
            at = start + len(text)
            x0, x1 = line.span(start, at)
            spans.append((left + x0 * em * squeeze, left + x1 * em * squeeze))
        files = {glyph.file for glyph in line.glyphs}
        rise = max((fonts.line_height(file)[0] for file in files), default=0.0)
        drop = max((fonts.line_height(file)[1] for file in files), default=0.0)
        top, bottom = shaping.reach(line)
        baseline = (rise - drop) / 2 * em
        above, under = max(top, 0.76) * em - baseline, max(bottom, 0.22) * em + baseline
        return Placed(self._tagged(line, em), squeeze, tuple(spans), above, under, " " in whole)

    def _tagged(self, line: shaping.Line, em: float) -> str:
        """The line with the family and size of each run."""
        files = fonts.chain(line.text, "display", fonts.lettering("grotesque", self.language))
        parts = []
        led = _RIGHT_TO_LEFT if self._is_right_to_left else ""
        for file, piece in fonts.runs(line.text, files):
            size = em * sum(fonts.line_height(file))
            parts.append(f"{{\\fn{fonts.FAMILIES[file]}\\fs{size:.2f}}}{led}{escaped(piece)}")
            led = ""
        return "".join(parts)

    def events(self, cue: Cue) -> Iterator[str]:
        """The events of a line, in the order they are drawn."""
        placed = self.place(cue.words)
        start, until = cue.words[0].start + cue.shift, cue.until + cue.shift
        whole = self._place_tag(placed.squeeze)
        swell = "\\fscy94\\t(0,90,\\fscy100)"  # the line arrives with a small, quick swell
        yield _event(0, "Line", start, until, f"{{{whole}{swell}}}{placed.text}")
        for index, begin, end in cue.spoken:
            begin, end = begin + cue.shift, end + cue.shift
            if hundredths(end) <= hundredths(begin):
                continue  # shorter than a hundredth: never seen by itself
            span = placed.spans[index]
            swells = swell if index == 0 else ""
            if self.style == "boxed":
                yield _event(1, "Box", begin, end, self._box(placed, span))
                ink = f"\\bord0\\shad0\\c{colour(_readable_on(self.shown))}"
                clip = self._clip(span)
            else:
                ink = f"\\c{colour(self.shown)}"
                clip = self._clip(span)
            if self.style == "karaoke":
                clip = self._filling(span, end - begin, cue.words[index].text)
                end = until
            yield _event(2, "Word", begin, end, f"{{{whole}{swells}{ink}{clip}}}{placed.text}")

    def _place_tag(self, squeeze: float) -> str:
        narrow = "" if squeeze >= 1 else f"\\fscx{100 * squeeze:.2f}"
        return f"\\pos({self.look.x},{self.look.y}){narrow}"

    def _clip(self, span: tuple[float, float]) -> str:
        return f"\\clip({math.floor(span[0])},0,{math.ceil(span[1])},{self.height})"

    def _filling(self, span: tuple[float, float], seconds: float, word: str) -> str:
        """A clip that opens over the word while it is spoken, from where it begins."""
        left, right = math.floor(span[0]), math.ceil(span[1])
        edge = right if fonts.is_right_to_left(word) else left
        shut = f"\\clip({edge},0,{edge},{self.height})"
        return f"{shut}\\t(0,{round(seconds * 1000)},{self._clip((left, right))})"

    def _box(self, placed: Placed, span: tuple[float, float]) -> str:
        """A rounded box behind a word, drawn as an outline of lines and curves."""
        # Words that touch leave a box no room beside its letters.
        pad = self.look.size * (0.10 if placed.is_spaced else 0.02)
        x0, x1 = round(span[0] - pad), round(span[1] + pad)
        y0 = round(self.look.y - placed.above - self.look.size * 0.10)
        y1 = round(self.look.y + placed.under + self.look.size * 0.10)
        r = round(min(self.look.size * 0.3, (x1 - x0) / 2))
        path = (
            f"m {x0 + r} {y0} l {x1 - r} {y0} b {x1} {y0} {x1} {y0} {x1} {y0 + r} "
            f"l {x1} {y1 - r} b {x1} {y1} {x1} {y1} {x1 - r} {y1} "
            f"l {x0 + r} {y1} b {x0} {y1} {x0} {y1} {x0} {y1 - r} "
            f"l {x0} {y0 + r} b {x0} {y0} {x0} {y0} {x0 + r} {y0}"
        )
        tags = f"\\an7\\pos(0,0)\\bord0\\shad0\\c{colour(self.shown)}\\p1"
        return f"{{{tags}}}{path}"


def _event(layer: int, name: str, start: float, end: float, text: str) -> str:
    begin, stop = _clock(hundredths(start)), _clock(hundredths(end))
    return f"Dialogue: {layer},{begin},{stop},Word,{name},0,0,0,,{text}"


def escaped(text: str) -> str:
    """Text that libass shows as it stands: no override block, no line break, can be made by it."""
    joined_up = text.replace("\\", "\\\u2060").replace("\n", " ")  # a joiner after the backslash
    return joined_up.replace("{", "\\{").replace("}", "\\}")


def colour(rgb: str) -> str:
    """#rrggbb as ASS writes it, opaque."""
    red, green, blue = rgb[1:3], rgb[3:5], rgb[5:7]
    return f"&H00{blue}{green}{red}&".upper()


def _parts(rgb: str) -> tuple[float, float, float]:
    """Luma and colour differences of #rrggbb, as BT.709 has them."""
    red, green, blue = (int(rgb[i : i + 2], 16) for i in (1, 3, 5))
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return luma, (blue - luma) / 1.8556, (red - luma) / 1.5748


def _readable_on(rgb: str) -> str:
    return EDGE if _parts(rgb)[0] > 110 else INK


def apart(first: str, second: str, ground: str) -> str:
    """The accent that is seen better on pictures: bright, and of another hue than the ground."""

    def stands_out(rgb: str) -> float:
        return math.dist(_parts(rgb)[1:], _parts(ground)[1:]) + 0.5 * _parts(rgb)[0]

    return max(first, second, key=stands_out)


def hundredths(seconds: float) -> int:
    """A time as ASS counts it, never before the beginning."""
    return max(round(seconds * 100), 0)


def _clock(count: int) -> str:
    seconds, rest = divmod(count, 100)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:02d}"
