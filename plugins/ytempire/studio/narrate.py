"""A script as sound: each scene spoken, joined with natural pauses, and finished to 48 kHz."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ytempire.domain import Narration, Scene, Script, Usage, Word
from ytempire.errors import InvalidMedia
from ytempire.providers.voices import SpokenWord, Voice
from ytempire.studio.encoder import SAFE, SAMPLE_RATE, run

#: Seconds of quiet before the first word and after the last.
LEAD_S, TAIL_S = 0.25, 0.9
#: Seconds of quiet between scenes: after a full stop, and where a sentence goes on.
SENTENCE_GAP_S, CLAUSE_GAP_S = 0.34, 0.12
#: Quieter than this share of full scale is silence (-46 dB).
_SILENCE = 0.005
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "।")

Samples = NDArray[np.int16]


def narrate(script: Script, voice: Voice, folder: Path) -> tuple[Narration, tuple[Usage, ...]]:
    """Speak a script into `folder/narration.wav` (48 kHz, mono, 16 bit).

    The script's words, each once and in order, are the narration's words; a scene ends in the
    middle of the quiet after its last word.

    Raises:
        InvalidScript, NotConfigured, ProviderUnavailable: see `Voice.speak`.
        InvalidMedia: the voice answered with silence.
    """
    folder.mkdir(parents=True, exist_ok=True)
    usages: list[Usage] = []
    words: list[Word] = []
    ends: list[float] = []
    pieces: list[Samples] = []
    clock, hertz = 0.0, 0
    for index, scene in enumerate(script.scenes):
        raw = folder / f"scene-{index:03d}.wav"
        spoken, _, usage = voice.speak(scene.narration, script.language, raw)
        usages.append(usage)
        samples, hertz = _read(raw)
        raw.unlink()
        first, last = _heard(samples, scene)
        before = LEAD_S if index == 0 else _gap(script.scenes[index - 1]) / 2
        after = TAIL_S if index == len(script.scenes) - 1 else _gap(scene) / 2
        words.extend(_placed(spoken, index, clock + before - first / hertz, clock + before))
        pieces += [_quiet(before, hertz), samples[first:last], _quiet(after, hertz)]
        clock = sum(len(piece) for piece in pieces) / hertz
        ends.append(clock)
    _write(folder / "spoken.wav", np.concatenate(pieces), hertz)
    seconds = ends[-1]
    audio = _finished(folder, voice.finish, round(seconds * SAMPLE_RATE))
    closed = tuple(word for word in _closed(words, seconds))
    return Narration(
        audio=audio,
        words=closed,
        scene_ends=tuple(round(end, 4) for end in ends),
        seconds=round(seconds, 4),
        language=script.language,
    ), tuple(usages)


def _gap(scene: Scene) -> float:
    """Seconds of quiet after a scene."""
    ending = scene.narration.rstrip("\"'”’)")
    return SENTENCE_GAP_S if ending.endswith(_SENTENCE_ENDS) else CLAUSE_GAP_S


def _read(path: Path) -> tuple[Samples, int]:
    with wave.open(str(path), "rb") as file:
        frames = file.readframes(file.getnframes())
        return np.frombuffer(frames, dtype="<i2").astype(np.int16), file.getframerate()


def _heard(samples: Samples, scene: Scene) -> tuple[int, int]:
    """The first and last sample of a voice's answer that are not silence, with a little room."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > _SILENCE * 32768)
    if len(loud) == 0:
        raise InvalidMedia(
            f"The voice was silent where it should say {scene.narration[:60]!r}.",
            "Try again; if it stays silent, choose another voice.",
        )
    room = 400  # samples: about 18 ms, so that no consonant is clipped
    return max(int(loud[0]) - room, 0), min(int(loud[-1]) + room, len(samples))


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


def _write(path: Path, samples: Samples, hertz: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(samples.astype("<i2").tobytes())


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
