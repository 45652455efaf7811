"""`ytempire assemble JOB.json`: a cut that somebody wrote down, from their own media.

    {"width": 1080, "height": 1920, "fps": 30,
     "scenes": [{"media": "sea.mp4", "seconds": 4.5}, {"media": "moon.png", "seconds": 3}],
     "narration": "voice.wav", "captions": "words.json", "music": "bed.mp3"}

Only the scenes are required. Paths are relative to the job's folder. Captions are an SRT file, or
words with their times in seconds from the start: a JSON file of [{"text", "start", "end"}], or that
list itself.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError

from ytempire.domain import Fallback, Format, Identity, Narration, Word
from ytempire.errors import InvalidInput, InvalidMedia, MissingGlyph
from ytempire.journal import Notes
from ytempire.studio import subtitles
from ytempire.studio.assemble import look, render, require_space
from ytempire.studio.captions import write_ass
from ytempire.studio.clips import Clip
from ytempire.studio.cut import Cut
from ytempire.studio.fonts import require_glyphs
from ytempire.studio.loudness import Sounds, seconds_of
from ytempire.studio.own_sound import own_sound
from ytempire.studio.sequence import Shot

#: A narration that is longer than the scenes by more than this many seconds holds the last scene.
_OVERHANG_S = 0.05
_LARGEST_SIDE = 4096
#: Bytes of a file's name: what stands beside it while it is made has a longer one.
_LONGEST_NAME = 200
_LONGEST_TOLD = 300
#: Frames a second that are written short and mean a fraction (23.976, 29.97, 59.94).
_BROADCAST = {Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60000, 1001)}


class JobScene(BaseModel):
    """A picture or a clip, and for how long it is seen."""

    model_config = ConfigDict(extra="forbid")

    media: str = Field(min_length=1)
    seconds: float = Field(gt=0, le=4 * 3600, allow_inf_nan=False)


class JobWord(BaseModel):
    """A spoken word, in seconds from the start."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(validation_alias=AliasChoices("text", "word"), min_length=1)
    start: float = Field(ge=0, allow_inf_nan=False)
    end: float = Field(ge=0, allow_inf_nan=False)


class Job(BaseModel):
    """A JOB.json."""

    model_config = ConfigDict(extra="forbid")

    scenes: list[JobScene] = Field(min_length=1, max_length=5000)
    width: int = Field(default=1080, ge=16, le=_LARGEST_SIDE)
    height: int = Field(default=1920, ge=16, le=_LARGEST_SIDE)
    fps: Annotated[float, Field(ge=23.9, le=60, allow_inf_nan=False)] = 30
    narration: str | None = None
    captions: str | list[JobWord] | None = None
    music: str | None = None

    @property
    def rate(self) -> Fraction:
        """Frames a second, exactly."""
        near = (each for each in _BROADCAST if abs(float(each) - self.fps) < 0.005)
        return next(near, Fraction(self.fps).limit_denominator(1001))


class Assembled(BaseModel):
    """What became of a job.

    Attributes:
        notes: what was done otherwise than asked, in words.
    """

    path: Path
    size: tuple[int, int]
    fps: float
    frames: int
    notes: tuple[str, ...]


class _Diary(Notes):
    def __init__(self, tell: Callable[[float, str], None]) -> None:
        super().__init__()
        self._tell = tell

    def progress(self, fraction: float, note: str = "") -> None:
        self._tell(fraction, note)


def assemble_job(
    path: Path, out: Path, progress: Callable[[float, str], None] = lambda done, note: None
) -> Assembled:
    """Make the video that a JOB.json describes; it appears at `out` whole, or not at all.

    Args:
        progress: told the fraction done, 0 to 1, and a short note, about once a second.

    Raises:
        InvalidInput: the job names a field wrongly or has a value that cannot be; told by name.
        InvalidMedia: a file is missing, corrupt or silent; the message names its field.
        MissingGlyph: no bundled font has a character of the captions.
        OutOfSpace: the disk has too little room.
    """
    job, folder = read_job(path), path.resolve().parent
    if out.suffix.lower() != ".mp4" or len(os.fsencode(out.name)) > _LONGEST_NAME or _is_dir(out):
        raise InvalidInput(
            f"{_short(out)} is no name for a video.", "Give a short name that ends in .mp4."
        )
    cut, notes = _planned(job, folder)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(
            f"{_short(out.parent)} cannot be made: {error.strerror}.", "Give another folder."
        ) from error
    require_space(out.parent, cut.seconds)
    diary = _Diary(progress)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.stem[:40]}-") as name:
        if cut.sounds.narration is None:
            own = own_sound(cut.shots, cut.fps, Path(name))
            cut = replace(cut, sounds=replace(cut.sounds, own=own))
        render(cut, out, diary)
    notes += [_told(each) for each in diary.fallbacks]
    return Assembled(path=out, size=cut.size, fps=float(cut.fps), frames=cut.frames,
                     notes=tuple(dict.fromkeys(notes)))  # fmt: skip


def _told(fallback: Fallback) -> str:
    return f"{fallback.used} instead of {fallback.wanted}: {fallback.reason}"


def read_job(path: Path) -> Job:
    """A JOB.json, validated.

    Raises:
        InvalidInput: it is no JSON, or a field is wrong; each is named.
    """
    try:
        return Job.model_validate(json.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise InvalidInput(
            f"{_short(path)} cannot be read: {error.strerror}.", "Give a file."
        ) from error
    except RecursionError as error:
        raise InvalidInput(f"{path.name} is nested too deeply.", "Write a job in it.") from error
    except ValidationError as error:
        wrong = "\n".join(f"{_field(each['loc'])}: {each['msg']}" for each in error.errors())
        raise InvalidInput(f"{path.name} is no job that can be made:", wrong) from error
    except ValueError as error:
        raise InvalidInput(f"{path.name} is not JSON: {error}", "Mend it there.") from error


def _field(place: tuple[int | str, ...]) -> str:
    """Where in the job, as one writes it: scenes[2].seconds."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part not in {"str", "list[JobWord]"}:
            text += f".{part}" if text else part
    return text or "the job"


def _planned(job: Job, folder: Path) -> tuple[Cut, list[str]]:
    """The job as a cut; and what is done otherwise than it asks."""
    notes: list[str] = []
    size = (job.width // 2 * 2, job.height // 2 * 2)
    if size != (job.width, job.height):
        notes.append(f"the video is {size[0]}x{size[1]}: H.264 halves colour, sides must be even")
    rate, at = job.rate, 0.0
    shots: list[Shot] = []
    for index, scene in enumerate(job.scenes):
        at += scene.seconds
        before = shots[-1].end if shots else 0
        media = _media(folder / scene.media, f"scenes[{index}].media")
        shots.append(Shot(media, max(round(at * rate), before + 1)))
    narration = _file(job.narration, folder, "narration")
    if narration:
        longer = _sound_seconds(narration, "narration") - float(shots[-1].end / rate)
        if longer > _OVERHANG_S:
            notes.append(f"the last scene stands {longer:.2f} s longer, until the voice has ended")
            end = shots[-1].end + -int(-longer * rate // 1)
            shots[-1] = replace(shots[-1], end=end)
    music = _file(job.music, folder, "music")
    if music:
        _sound_seconds(music, "music")
    cut = Cut(tuple(shots), size, rate, Sounds(narration=narration, music=music), seed=len(shots))
    words = _words(job.captions, folder)
    if words:
        cut = replace(cut, captions=_captions(words, cut))
    return cut, notes


def _media(path: Path, field: str) -> Path | Clip:
    if not _is_file(path):
        raise InvalidMedia(f"{field}: there is no file {_short(path)}.", "Correct the job.")
    try:
        return look(path)
    except InvalidMedia as error:
        raise InvalidMedia(f"{field}: {error.message}", error.remedy) from error


def _file(name: str | None, folder: Path, field: str) -> Path | None:
    if name is None:
        return None
    path = folder / name
    if not _is_file(path):
        raise InvalidMedia(f"{field}: there is no file {_short(path)}.", "Correct the job.")
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long, a folder that may not be looked into
        return False


def _is_dir(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _short(path: Path) -> str:
    """A path as it is told; a name that is a whole text is cut."""
    return str(path) if len(str(path)) <= _LONGEST_TOLD else f"{str(path)[:_LONGEST_TOLD]}…"


def _sound_seconds(path: Path, field: str) -> float:
    try:
        return seconds_of(path)
    except InvalidMedia as error:
        raise InvalidMedia(f"{field}: {error.message}", error.remedy) from error


def _words(captions: str | list[JobWord] | None, folder: Path) -> tuple[Word, ...]:
    if captions is None:
        return ()
    if isinstance(captions, str):
        file = _file(captions, folder, "captions")
        assert file is not None
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (UnicodeDecodeError, OSError) as error:
            raise InvalidInput(
                f"captions: {file.name} is not UTF-8 text.", "Convert it."
            ) from error
        if not text.lstrip().startswith(("[", "{")):
            return _letterable(subtitles.words_of_srt(text, file.name))
        captions = _listed(text, file.name)
    return _letterable(subtitles.words_of_times(captions))


def _listed(text: str, name: str) -> list[JobWord]:
    try:
        found: Any = json.loads(text)
        words: list[Any] = found["words"] if isinstance(found, dict) else found
        return [JobWord.model_validate(each) for each in words]
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            f"captions: {name}: {_field(first['loc'])}: {first['msg']}",
            'Each word is {"text": …, "start": seconds, "end": seconds}.',
        ) from error
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise InvalidInput(f"captions: {name} is no list of words: {error}",
                           "Use an SRT file, or a JSON list of words.") from error  # fmt: skip


def _letterable(words: tuple[Word, ...]) -> tuple[Word, ...]:
    try:
        require_glyphs(" ".join(word.text for word in words))
    except MissingGlyph as error:
        raise MissingGlyph(f"captions: {error.message}", error.remedy) from error
    return words


def _captions(words: tuple[Word, ...], cut: Cut) -> Callable[[Path], Path]:
    """The words as the studio burns them, in the shape nearest to the cut's."""
    width, height = cut.size
    last = max(cut.seconds, words[-1].end)
    narration = Narration(audio=Path("voice.wav"), words=words, scene_ends=(last,), seconds=last)
    shape = Format.SHORT if height > width else Format.WIDE
    return lambda path: write_ass(narration, shape, Identity(), path, size=cut.size)
