"""Real speech for a local voice server: any text, in the language that its letters tell."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ytempire.providers.voices import SpokenWord, is_speakable
from ytempire.providers.voices.espeak import Espeak
from ytempire.providers.voices.languages import language_of
from ytempire.providers.voices.sounds import Samples, read_wav


@dataclass(frozen=True)
class Speech:
    """A text as sound, and when each of its words is heard."""

    samples: Samples
    hertz: int
    words: tuple[SpokenWord, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.hertz


def spoken(text: str, *, language: str | None = None, words_per_minute: int = 165) -> Speech:
    """Speak a text; one without a letter is half a second of silence."""
    if not is_speakable(text):
        return silence(0.5)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "speech.wav"
        words, _, _ = Espeak(words_per_minute).speak(text, language or language_of(text), out)
        return Speech(*read_wav(out), words)


def silence(seconds: float) -> Speech:
    """A sound of nothing."""
    hertz = 22050
    return Speech(np.zeros(round(seconds * hertz), np.int16), hertz, ())


def encoded(speech: Speech, codec: str, container: str, hertz: int, kilobits: int = 0) -> bytes:
    """The sound as a file's bytes: `libmp3lame` in `mp3`, `pcm_s16le` in `wav`, …"""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as output:
        stream = output.add_stream(codec, rate=hertz)
        assert isinstance(stream, av.AudioStream)
        stream.layout = "mono"
        if kilobits:
            stream.bit_rate = kilobits * 1000
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(speech.samples[None, :]), format="s16", layout="mono"
        )
        frame.sample_rate = speech.hertz
        frame.pts = 0
        resampler = av.AudioResampler(
            format=stream.codec_context.format.name,
            layout="mono",
            rate=hertz,
            frame_size=stream.codec_context.frame_size or 1152,
        )
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            output.mux(stream.encode(part))
        output.mux(stream.encode(None))
    return buffer.getvalue()
