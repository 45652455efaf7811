"""A script as sound: each scene spoken, joined with natural pauses, and finished to 48 kHz.

What was spoken stays as files, so that a second try pays for nothing twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ytempire.domain import Fallback, Frozen, Narration, Script, Usage, Word
from ytempire.errors import (
    InvalidScript,
    MalformedAnswer,
    ProviderRefused,
    ProviderUnavailable,
    QuotaExhausted,
    YTEmpireError,
)
from ytempire.journal import Journal
from ytempire.providers.pictures import save_bytes
from ytempire.providers.voices import (
    SpokenWord,
    Unusable,
    Voice,
    is_speakable,
    joined,
    written_words,
)
from ytempire.providers.voices.languages import fitting
from ytempire.providers.voices.sounds import Samples, heard, read_wav, write_wav
from ytempire.studio.encoder import SAFE, SAMPLE_RATE, run

#: Seconds of quiet before the first word and after the last.
LEAD_S, TAIL_S = 0.25, 0.9
#: Seconds of quiet between parts: after a full stop, after a comma, and where words just go on.
SENTENCE_GAP_S, CLAUSE_GAP_S, WORD_GAP_S = 0.34, 0.12, 0.04
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।", "۔")
_CLAUSE_ENDS = (",", ";", ":", "،", "؛", "、", "，", "；", "：", "—", "–")
#: Nobody says more letters a second; a sound this short holds only a piece of the text.
_MOST_LETTERS_A_SECOND = 45.0
#: What another voice may mend. A bad key or missing setting is a person's to mend.
_ANOTHER_MAY = (ProviderUnavailable, ProviderRefused, QuotaExhausted, MalformedAnswer)


class _Kept(Frozen):
    """Beside a part's sound: its words and times. Written last: a part without it is not done.

    Attributes:
        owed: what it consumed, as long as nobody has booked it: a worker that dies before leaves a
            debt, and who finds the part settles it.
        is_ambiguous: whether that was billed is not known.
    """

    words: tuple[SpokenWord, ...] = ()
    owed: tuple[Usage, ...] = ()
    is_ambiguous: bool = False


@dataclass(frozen=True)
class _Part:
    """What one call speaks: a scene, or a piece of a long one."""

    text: str
    scene: int


def narrate(script: Script, voices: Sequence[Voice], folder: Path, journal: Journal) -> Narration:
    """Speak a script into `folder/narration.wav` (48 kHz, mono, 16 bit), all of it in one voice.

    The script's words, each once and in order, are the narration's words; a scene ends in the
    middle of the quiet after its last word. Parts are kept in `folder/spoken` by what decides
    them: they are not asked for again.

    Args:
        voices: best first; when one fails the next speaks the whole script.

    Raises:
        InvalidScript, KeyRejected, NotConfigured: see `Voice.speak`.
        ProviderUnavailable, ProviderRefused, QuotaExhausted, MalformedAnswer: the last voice
            failed too; also when it was silent.
    """
    if not voices:
        raise InvalidScript("There is no voice to speak with.", "Give at least one.")
    kept = folder / "spoken"
    kept.mkdir(parents=True, exist_ok=True)
    for number, voice in enumerate(voices):
        try:
            return _narrated(script, voice, folder, journal)
        except _ANOTHER_MAY as error:
            if number == len(voices) - 1:
                raise
            journal.fell_back(
                Fallback(
                    capability="voice",
                    wanted=voice.name,
                    used=voices[number + 1].name,
                    reason=error.message,
                )
            )
    raise AssertionError("unreachable")


def _narrated(script: Script, voice: Voice, folder: Path, journal: Journal) -> Narration:
    parts = list(_parts(script, voice.longest))
    language = fitting(script.language, script.text)
    words: list[Word] = []
    ends: list[float] = []
    pieces: list[Samples] = []
    clock, hertz = 0.0, 0
    for index, part in enumerate(parts):
        spoken, samples, hertz = _spoken(part, language, voice, folder / "spoken", journal)
        first, last = _bounds(samples)
        before = LEAD_S if index == 0 else _gap(parts[index - 1]) / 2
        after = TAIL_S if index == len(parts) - 1 else _gap(part) / 2
        words.extend(_placed(spoken, part.scene, clock + before - first / hertz, clock + before))
        pieces += [_quiet(before, hertz), samples[first:last], _quiet(after, hertz)]
        clock = sum(len(piece) for piece in pieces) / hertz
        ends[part.scene :] = [clock]
        journal.progress((index + 1) / (len(parts) + 1), f"spoke {index + 1} of {len(parts)} parts")
    write_wav(folder / "spoken.wav", np.concatenate(pieces), hertz)
    seconds = ends[-1]
    audio = _finished(folder, voice.finish, round(seconds * SAMPLE_RATE))
    journal.progress(1.0, "spoken")
    return Narration(
        audio=audio,
        words=tuple(_closed(words, seconds)),
        scene_ends=tuple(round(end, 4) for end in ends),
        seconds=round(seconds, 4),
        language=language,
    )


def _parts(script: Script, longest: int) -> Iterator[_Part]:
    for number, scene in enumerate(script.scenes):
        for text in _cut(scene.narration, longest):
            yield _Part(text, number)


def _cut(text: str, longest: int) -> Iterator[str]:
    """A text in parts that a voice takes: cut after sentences, else clauses, else words."""
    if len(text) <= longest:
        yield text
        return
    waiting: list[str] = []
    for word in written_words(text):
        if len(word) > longest:
            raise InvalidScript(
                f"The word {word[:40]!r}… has {len(word):,} characters; nobody can say it.",
                f"A word has at most {longest:,}.",
            )
        if waiting and len(joined([*waiting, word])) > longest:
            at = _best_cut(waiting)
            yield joined(waiting[:at])
            waiting = waiting[at:]
        waiting.append(word)
    yield joined(waiting)


def _best_cut(words: Sequence[str]) -> int:
    """How many of the words end where a voice may rest: in the second half, else all."""
    for ends in (_SENTENCE_ENDS, _CLAUSE_ENDS):
        for at in range(len(words), len(words) // 2, -1):
            if _ending(words[at - 1]).endswith(ends) and is_speakable(joined(words[:at])):
                return at
    return len(words)


def _spoken(
    part: _Part, language: str, voice: Voice, folder: Path, journal: Journal
) -> tuple[tuple[SpokenWord, ...], Samples, int]:
    """A part's words and sound: as kept, or spoken now, booked, checked and kept."""
    decides = "\n".join((voice.signature, language, part.text))
    digest = hashlib.sha256(decides.encode(errors="surrogatepass")).hexdigest()[:20]
    sound = folder / f"{voice.name}-{digest}.wav"
    words = _settled(sound, journal)
    if words is None or not sound.exists():
        if (expected := voice.expected(part.text, language)) is not None:
            journal.intend(_purchase(sound), expected, can_look_up=True)
        words = _bought(part, language, voice, sound, journal)
    samples, hertz = read_wav(sound)
    try:
        _require_speech(samples, hertz, part)
    except MalformedAnswer:  # paid and booked; the next try is for another one
        _forget(sound)
        raise
    return words, samples, hertz


def _bought(
    part: _Part, language: str, voice: Voice, sound: Path, journal: Journal
) -> tuple[SpokenWord, ...]:
    """Speak a part; keep it with what is owed for it, then book that."""
    raw = sound.with_suffix(".raw")
    try:
        words, _, usage = voice.speak(part.text, language, raw)
    except Unusable as error:
        _keep(_Kept(owed=(error.usage,), is_ambiguous=error.is_ambiguous), sound)
        _settled(sound, journal)
        _forget(sound)
        raise
    except YTEmpireError:
        journal.void(_purchase(sound))
        raise
    raw.replace(sound)
    _keep(_Kept(words=words, owed=(usage,)), sound)
    _settled(sound, journal)
    return words


def _settled(sound: Path, journal: Journal) -> tuple[SpokenWord, ...] | None:
    """The words of a part that was answered before, its debt booked; None: it was not."""
    notes = sound.with_suffix(".json")
    if not notes.exists():
        return None
    sound.with_suffix(".asked").unlink(missing_ok=True)  # its answer is here: no need to look it up
    kept = _Kept.model_validate_json(notes.read_bytes())
    if kept.owed:
        journal.settle(_purchase(sound), *kept.owed, is_ambiguous=kept.is_ambiguous)
        _keep(kept.model_copy(update={"owed": ()}), sound)
    return kept.words


def _purchase(sound: Path) -> str:
    """What a part's sound is called where it is bought: its video's folder, and its own name."""
    return f"voice/{sound.parent.name}/{sound.stem}"


def _keep(kept: _Kept, sound: Path) -> None:
    save_bytes(kept.model_dump_json().encode(), sound.with_suffix(".json"))


def _forget(sound: Path) -> None:
    """The sound first: notes without it are of a part that is not done."""
    sound.unlink(missing_ok=True)
    sound.with_suffix(".json").unlink(missing_ok=True)


def _require_speech(samples: Samples, hertz: int, part: _Part) -> None:
    first, last = heard(samples)
    if first == last:
        raise MalformedAnswer(
            f"The voice was silent where it should say {part.text[:60]!r}.",
            "Try again; if it stays silent, choose another voice.",
        )
    letters = sum(character.isalpha() for character in part.text)
    if letters / _MOST_LETTERS_A_SECOND > (last - first) / hertz:
        raise MalformedAnswer(
            f"The voice broke off: {(last - first) / hertz:.2f} s for {part.text[:60]!r}.",
            "Try again; if it stays so, choose another voice.",
        )


def _ending(text: str) -> str:
    return text.rstrip("\"'”’»)」』")


def _gap(part: _Part) -> float:
    """Seconds of quiet after a part."""
    if _ending(part.text).endswith(_SENTENCE_ENDS):
        return SENTENCE_GAP_S
    return CLAUSE_GAP_S if _ending(part.text).endswith(_CLAUSE_ENDS) else WORD_GAP_S


def _bounds(samples: Samples) -> tuple[int, int]:
    """Where speech begins and ends, with a little room, so that no consonant is clipped."""
    first, last = heard(samples)
    room = 400  # samples: 9 to 18 ms
    return max(first - room, 0), min(last + room, len(samples))


def _placed(
    spoken: tuple[SpokenWord, ...], scene: int, shift: float, floor: float
) -> Iterator[Word]:
    for word in spoken:
        start = max(word.start + shift, floor)
        yield Word(text=word.text, start=start, end=max(word.end + shift, start), scene=scene)


def _closed(words: list[Word], seconds: float) -> Iterator[Word]:
    """Words whose times rise and never overlap, rounded to the millisecond."""
    last = 0.0
    for index, word in enumerate(words):
        following = words[index + 1].start if index + 1 < len(words) else seconds - TAIL_S / 2
        start = max(word.start, last)
        last = max(start, min(word.end, max(following, start)))
        yield word.model_copy(update={"start": round(start, 3), "end": round(last, 3)})


def _quiet(seconds: float, hertz: int) -> Samples:
    return np.zeros(round(seconds * hertz), dtype=np.int16)


def _finished(folder: Path, finish: str, samples: int) -> Path:
    """The joined sound through the voice's own filters, at 48 kHz; the raw one goes."""
    exact = f"apad=whole_len={samples},atrim=end_sample={samples}"  # an echo would lengthen it
    parts = (finish, f"aresample={SAMPLE_RATE}:resampler=soxr", exact)
    filters = ",".join(part for part in parts if part)
    run(
        [*SAFE, "-i", "spoken.wav", "-af", filters, "-ac", "1", "-c:a", "pcm_s16le",
         "-f", "wav", "narration.wav.part"],
        folder=folder,
        about="the narration",
    )  # fmt: skip
    (folder / "spoken.wav").unlink()
    return (folder / "narration.wav.part").replace(folder / "narration.wav")
