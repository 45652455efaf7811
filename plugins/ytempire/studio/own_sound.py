"""The clips' own sound, shot after shot: what is heard where nobody speaks."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ytempire.errors import InvalidMedia
from ytempire.studio.clips import Clip
from ytempire.studio.encoder import SAFE, SAMPLE_RATE, run
from ytempire.studio.sequence import Shot

_FADE_S = 0.05
_BLOCK = SAMPLE_RATE


def own_sound(shots: Sequence[Shot], fps: Fraction, folder: Path) -> Path | None:
    """Write `folder/own.wav`, as long as the shots; None when no clip has a sound.

    A clip that begins again is silent from there on: a sound that stutters is worse.
    """
    if not any(isinstance(shot.media, Clip) and shot.media.has_sound for shot in shots):
        return None
    out, begin = folder / "own.wav", 0
    with wave.open(str(out), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for shot in shots:
            start, end = (round(frame * SAMPLE_RATE / fps) for frame in (begin, shot.end))
            _append(file, shot, end - start, folder)
            begin = shot.end
    return out


def _append(file: wave.Wave_write, shot: Shot, samples: int, folder: Path) -> None:
    part = _part(shot.media, samples, folder) if isinstance(shot.media, Clip) else None
    if part is None:
        for at in range(0, samples, _BLOCK):
            file.writeframes(bytes(4 * min(_BLOCK, samples - at)))
        return
    with wave.open(str(part)) as sound:
        for at in range(0, samples, _BLOCK):
            file.writeframes(sound.readframes(min(_BLOCK, samples - at)))
    part.unlink()


def _part(clip: Clip, samples: int, folder: Path) -> Path | None:
    """A clip's sound at the mix's rate, to the sample; None when it has none that decodes."""
    if not clip.has_sound:
        return None
    length = samples / SAMPLE_RATE
    fade = f"afade=d={_FADE_S},afade=t=out:st={max(length - _FADE_S, 0):.3f}:d={_FADE_S}"
    try:
        run(
            [*SAFE, "-t", f"{length + 1:.3f}", "-i", f"file:{clip.path.resolve()}", "-vn", "-af",
             f"aresample={SAMPLE_RATE}:async=1:first_pts=0,aformat=channel_layouts=stereo,"
             f"apad=whole_len={samples},atrim=end_sample={samples},{fade}",
             "-c:a", "pcm_s16le", "part.wav"],
            folder=folder,
            about=f"the sound of {clip.path.name}",
        )  # fmt: skip
    except InvalidMedia:
        return None
    return folder / "part.wav"
