"""Captions from the voice's own word times: burned word by word (ASS), and to upload (SRT)."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from ytempire.domain import Format, Identity, Narration, Word
from ytempire.providers.painter.lines import is_unspaced
from ytempire.providers.voices import joined
from ytempire.studio import fonts, karaoke
from ytempire.studio.karaoke import Cue, Look, Setter

#: A line breaks where the voice rests this long, in seconds.
REST_S = 0.42
#: A line stays up to this long after its last word, in seconds.
LINGER_S = 0.35
#: The columns of one of the two lines of a cue to upload; East Asian letters take two.
CUE_COLUMNS, CUE_COLUMNS_EAST = 42, 36
#: A word wider than this many lines is shown in parts; up to it, it is drawn narrower.
_WIDEST_WORD = 1.5

LOOKS = {
    Format.SHORT: Look(size=98, x=512, y=1345, widest=890, most_words=4, outline=7),
    Format.WIDE: Look(size=72, x=960, y=932, widest=1320, most_words=6, outline=5),
}

_HEADER = """[Script Info]
ScriptType: v4.00+
PlayResX: {width}
PlayResY: {height}
WrapStyle: 2
Kerning: yes
ScaledBorderAndShadow: yes
YCbCr Matrix: TV.709

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, \
Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, \
Alignment, MarginL, MarginR, MarginV, Encoding
Style: Word,{family},{size},{ink},{ink},{edge},&H80000000,\
0,0,0,0,100,100,0,0,1,{outline},{shadow},5,0,0,0,-1

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""

_SENTENCE_ENDS = ".!?…:;。！？؟।：；"
_CLAUSE_ENDS = (",", "—", "،", "、", "，")


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
        or before.text.rstrip("\"'”’)」』")[-1:] in _SENTENCE_ENDS
        or (before.text.endswith(_CLAUSE_ENDS) and len(line) * 2 >= most_words)
        or not fits(_text([*line, word]))
    )


def _text(words: Sequence[Word]) -> str:
    return joined([word.text for word in words])


def write_ass(
    narration: Narration,
    format: Format,
    identity: Identity,
    out: Path,
    *,
    shift: float = 0.0,
    size: tuple[int, int] | None = None,
) -> Path:
    """Write word-by-word captions to burn, in the style of the identity.

    Args:
        shift: seconds from the start of the video to the start of the narration.
        size: the frame, where it is not the format's.
    """
    width, height = size or format.size
    look = LOOKS[format].scaled(width / format.size[0], height / format.size[1])
    header = _HEADER.format(
        width=width,
        height=height,
        family=fonts.CAPTION_FAMILY,
        size=look.size,
        ink=karaoke.colour(karaoke.INK),
        edge=karaoke.colour(karaoke.EDGE),
        outline=look.outline,
        shadow=max(round(look.outline * 0.45), 1),
    )
    surface, _, accent, second = identity.palette[1:]
    shown = karaoke.apart(accent, second, surface)
    setter = Setter(look, height, narration.language, shown, identity.captions)
    words = _in_parts(_shown(narration.words), setter.width, look.widest)
    most = look.most_words * (2 if _is_unspaced(words) else 1)
    grouped = list(lines(words, most, lambda text: setter.width(text) <= look.widest))
    events = [event for cue in _cues(grouped, narration, shift) for event in setter.events(cue)]
    return _write(out, header + "\n".join(events) + "\n")


def write_srt(narration: Narration, out: Path, *, shift: float = 0.0) -> Path:
    """Write captions as viewers switch them on: cues of at most two lines.

    Args:
        shift: seconds from the start of the video to the start of the narration.
    """
    words = _shown(narration.words)
    is_east = _is_unspaced(words)
    limit = CUE_COLUMNS_EAST if is_east else CUE_COLUMNS
    parts = _in_parts(words, _columns, limit)
    groups = list(lines(parts, 40 if is_east else 14, lambda text: _columns(text) <= 2 * limit - 4))
    cues = [
        f"{number}\n{_stamp(cue.words[0].start + shift)} --> {_stamp(cue.until + shift)}\n"
        f"{_two_lines(cue.words, limit)}\n"
        for number, cue in enumerate(_cues(groups, narration, shift), 1)
    ]
    return _write(out, "\n".join(cues))


def _shown(words: Sequence[Word]) -> list[Word]:
    """The words as they can be drawn; what is left of an emoji is nothing."""
    drawn = [word.model_copy(update={"text": fonts.drawable(word.text)}) for word in words]
    return [word for word in drawn if word.text]


def _is_unspaced(words: Sequence[Word]) -> bool:
    letters = "".join(word.text for word in words)
    return 2 * sum(map(is_unspaced, letters)) > len(letters)


def _in_parts(words: Sequence[Word], wide: Callable[[str], float], widest: float) -> list[Word]:
    """The words, those that no line holds cut into equal parts that share their time."""
    found: list[Word] = []
    for word in words:
        lines_wide = wide(word.text) / max(widest, 1)
        if lines_wide <= _WIDEST_WORD:
            found.append(word)
            continue
        step = max(math.floor(len(word.text) / math.ceil(lines_wide * 1.1)), 1)
        cuts = [*range(0, len(word.text), step), len(word.text)]
        each = (word.end - word.start) / (len(cuts) - 1)
        for index, (start, end) in enumerate(pairwise(cuts)):
            begin = word.start + each * index
            text = word.text[start:end]
            found.append(Word(text=text, start=begin, end=begin + each, scene=word.scene))
    return found


def _cues(groups: Sequence[tuple[Word, ...]], narration: Narration, shift: float) -> Iterator[Cue]:
    """Each line with the time until which it stays."""
    for index, group in enumerate(groups):
        after = groups[index + 1][0].start if index + 1 < len(groups) else narration.seconds
        end = max(min(group[-1].end + LINGER_S, after), group[-1].end)
        yield Cue(group, end, shift)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def _two_lines(words: Sequence[Word], limit: int) -> str:
    whole = _text(words).replace("-->", "→")
    if _columns(whole) <= limit or len(words) == 1:
        return whole
    middle = _columns(whole) / 2
    cut = min(range(1, len(words)), key=lambda i: abs(_columns(_text(words[:i])) - middle))
    return "\n".join(_text(part).replace("-->", "→") for part in (words[:cut], words[cut:]))


def _stamp(seconds: float) -> str:
    whole, thousandths = divmod(max(round(seconds * 1000), 0), 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{thousandths:03d}"


def _write(out: Path, text: str) -> Path:
    part = out.with_name(out.name + ".part")
    part.write_text(text, encoding="utf-8")
    return part.replace(out)
