"""The offline voice: espeak-ng from the espeakng-loader wheel, with its own word times.

Each written word carries an SSML mark, so the library itself reports when that word begins:
no alignment is guessed, and "1,200" or "GPS" stay one word however long they are spoken.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from ytempire.config import settings
from ytempire.domain import Usage
from ytempire.errors import InvalidScript, NotConfigured, ProviderUnavailable
from ytempire.providers.voices import SpokenWord, is_speakable, written_words
from ytempire.providers.voices.numerals import base_of
from ytempire.providers.voices.readings import kana
from ytempire.providers.voices.spoken import say

_WORKER = Path(__file__).with_name("espeak_worker.py")
#: `max` lowers the upper formants: less buzz than the plain voice, as clear.
_VARIANT = "max"
_REGIONS = {"en": "en-us", "pt": "pt-br", "zh": "cmn", "no": "nb"}
#: Speaking takes about 1/100 of the sound's length; this is for a machine that hangs.
_DEADLINE_S = 120
#: Takes off the synthesiser's edge: rumble out, warmth in, the harsh 2-4 kHz down, hiss off;
#: evened out, then two faint early reflections, as of a small furnished room.
_FINISH = (
    "highpass=f=75,"
    "equalizer=f=170:t=q:w=0.9:g=3.5,"
    "equalizer=f=420:t=q:w=1.1:g=-1.5,"
    "equalizer=f=2700:t=q:w=0.9:g=-4,"
    "equalizer=f=5200:t=q:w=1.2:g=-2,"
    "lowpass=f=8200,"
    "acompressor=threshold=-21dB:ratio=3.2:attack=8:release=140:knee=5:makeup=2.2,"
    "aecho=in_gain=1:out_gain=0.94:delays=13|29|47:decays=0.11|0.07|0.05"
)


class Espeak:
    """Speaks about a hundred languages with no key and no network.

    Args:
        words_per_minute: the pace; the operator's setting when not given.
        voice: a variant of espeak-ng, such as `f3` or `steph`; a calm low voice when not given.

    Raises:
        NotConfigured: espeak-ng has no such variant.
    """

    name = "espeak"
    finish = _FINISH
    longest = 4000

    def __init__(self, words_per_minute: int | None = None, voice: str | None = None) -> None:
        self.words_per_minute = words_per_minute or settings().studio.voice_wpm
        self.variant = voice or _VARIANT
        if voice is not None and voice not in (known := _variants()):
            raise NotConfigured(
                f"The offline voice has no variant {voice!r}.",
                f"Choose one of: {', '.join(sorted(known))}.",
            )

    @property
    def signature(self) -> str:
        """See `Voice.signature`."""
        return f"{self.name}/{self.variant}/{self.words_per_minute}"

    def expected(self, text: str, language: str) -> None:
        """See `Voice.expected`: nobody bills this machine."""

    def speak(
        self, text: str, language: str, out: Path
    ) -> tuple[tuple[SpokenWord, ...], float, Usage]:
        """See `Voice.speak`."""
        words = written_words(text)
        if not is_speakable(text):
            raise InvalidScript(
                f"Nothing in {text[:60]!r} can be spoken.", "Write words or numbers there."
            )
        started = time.monotonic()
        said = say(words, language)
        if base_of(language) == "ja":
            said = [kana(word) for word in said]
        answer = _run(
            {
                "voice": f"{_REGIONS.get(language.lower(), language.lower())}+{self.variant}",
                "rate": self.words_per_minute,
                "pitch": 40,
                "range": 62,
                "gap": 0,
                "ssml": _marked(said),
                "out": str(out),
            }
        )
        usage = Usage.seconds(self.name, "voice", time.monotonic() - started)
        seconds = float(answer["seconds"])
        return _timed(words, answer["marks"], answer["ends"], seconds), seconds, usage


def _variants() -> frozenset[str]:
    import espeakng_loader

    folder = Path(str(espeakng_loader.get_data_path())) / "voices" / "!v"
    return frozenset(path.name for path in folder.iterdir() if " " not in path.name)


def _marked(said: Sequence[str]) -> str:
    marks = (f'<mark name="{index}"/>{escape(word)}' for index, word in enumerate(said))
    return f"<speak>{' '.join(marks)}</speak>"


def _run(job: dict[str, Any]) -> dict[str, Any]:
    import espeakng_loader

    job["library"] = str(espeakng_loader.get_library_path())
    job["data"] = str(espeakng_loader.get_data_path())
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_WORKER)],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=_DEADLINE_S,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise ProviderUnavailable(
            f"espeak-ng did not speak: {error}",
            "Run it again; if it stays, reinstall with `make up`.",
        ) from error
    if answer.get("error") == "language":
        raise NotConfigured(
            f"The offline voice has no language {answer['detail'].split('+')[0]!r}.",
            "Write a code such as `en`, `es`, `de` or `pt-br` in the script's `language:` line.",
        )
    if "error" in answer:
        raise ProviderUnavailable(f"espeak-ng did not speak: {answer['detail']}")
    return answer


def _timed(
    words: Sequence[str], marks: Mapping[str, int], ends: Sequence[int], seconds: float
) -> tuple[SpokenWord, ...]:
    """Words with times: a word lasts until the next begins, or until its clause falls silent."""
    starts = _starts([marks.get(str(i)) for i in range(len(words))], words, ends, seconds)
    spoken = []
    for index, word in enumerate(words):
        following = starts[index + 1] if index + 1 < len(words) else seconds
        spoken.append(SpokenWord(text=word, start=starts[index], end=following))
    return tuple(spoken)


def _starts(
    given: list[int | None], words: Sequence[str], ends: Sequence[int], seconds: float
) -> list[float]:
    """Seconds of each word's start, never falling; what the library left out is filled in.

    It leaves out the first mark after a full stop: that word begins where the clause before it
    ended. Else the words between two known ones share the time by their length in letters.
    """
    known: list[float | None] = [None if ms is None else ms / 1000 for ms in given]
    if known and known[0] is None:
        known[0] = 0.0
    starts: list[float] = []
    for index in range(len(words)):
        value = known[index]
        if value is None:
            value = _between(index, known, starts[-1], words, ends, seconds)
        floor = starts[-1] if starts else 0.0
        starts.append(min(max(value, floor), seconds))
    return starts


def _between(
    index: int,
    known: Sequence[float | None],
    last: float,
    words: Sequence[str],
    ends: Sequence[int],
    seconds: float,
) -> float:
    ahead = next((i for i in range(index, len(words)) if known[i] is not None), len(words))
    limit = seconds if ahead == len(words) else known[ahead] or seconds
    if words[index - 1].rstrip("\"'”’)")[-1:] in ".!?;:,":
        for end in ends:
            if last < end / 1000 < limit:
                return end / 1000
    letters = [len(word) for word in words[index - 1 : ahead]]
    return last + (limit - last) * letters[0] / max(sum(letters), 1)
