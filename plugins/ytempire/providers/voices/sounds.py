"""Sound as samples: what a provider sends becomes 16-bit mono, and mono WAV files are read and
written.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ytempire.errors import MalformedAnswer

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import InputContainer

Samples = NDArray[np.int16]

#: Quieter than this share of full scale is silence (-46 dB).
SILENCE = 0.005


def read_wav(path: Path) -> tuple[Samples, int]:
    """The samples of a mono 16-bit WAV, and how many of them make a second."""
    with wave.open(str(path), "rb") as file:
        frames = file.readframes(file.getnframes())
        return np.frombuffer(frames, dtype="<i2").astype(np.int16), file.getframerate()


def write_wav(path: Path, samples: Samples, hertz: int) -> None:
    """Write a mono 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(hertz)
        file.writeframes(samples.astype("<i2").tobytes())


def decoded(content: bytes) -> tuple[Samples, int]:
    """Sound in any format that a provider may send (MP3, Opus, WAV), as mono samples.

    Raises:
        MalformedAnswer: it is no sound, or there is none in it.
    """
    import av

    pieces: list[Samples] = []
    hertz = 0
    try:
        with av.open(io.BytesIO(content)) as container:
            stream = container.streams.audio[0]
            hertz = stream.rate
            resampler = av.AudioResampler(format="s16", layout="mono", rate=hertz)
            for frame in _frames(container, stream):
                pieces += [part.to_ndarray()[0] for part in resampler.resample(frame)]
            pieces += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        raise MalformedAnswer(f"What came is not a sound: {error}") from error
    samples = np.concatenate(pieces) if pieces else np.zeros(0, np.int16)
    if len(samples) == 0:
        raise MalformedAnswer("The sound that came has no length.")
    return samples.astype(np.int16), hertz


def _frames(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """What can be decoded; where one file follows another, the second's head is no sound."""
    from av.error import InvalidDataError

    for packet in container.demux(stream):
        try:
            yield from packet.decode()
        except InvalidDataError:
            continue


def heard(samples: Samples) -> tuple[int, int]:
    """The first and last sample that are not silence; (0, 0) where all is."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > SILENCE * 32768)
    return (int(loud[0]), int(loud[-1])) if len(loud) else (0, 0)
