"""Composes a music bed from nothing but numbers: pad, bass, soft plucks and a light pulse.

It stays under a voice: no melody that asks for attention, little between 1 and 4 kHz, and the
same seed always gives the same music. A loop of 16 bars is made once and laid end to end, so
an hour costs no more memory than a minute.
"""

from __future__ import annotations

import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ytempire.studio.encoder import SAMPLE_RATE

Sound = NDArray[np.float32]

#: Hz at which it is worked out: nothing in it is above 11 kHz, and half the rate is half the work.
_RATE = SAMPLE_RATE // 2
#: A beat is a multiple of this many samples, which keeps the FFTs at lengths they are quick at.
_GRAIN = 960
BARS, BEATS = 16, 4
#: Seconds over which the bed comes in and goes out.
FADE_IN_S, FADE_OUT_S = 1.2, 2.5
#: Scale degrees of each chord's root, one chord for two bars; all in a natural minor or major.
_PROGRESSIONS: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("minor", (0, 5, 2, 6, 0, 5, 3, 4)),
    ("major", (0, 4, 5, 3, 0, 2, 3, 4)),
    ("minor", (0, 3, 5, 4, 0, 3, 6, 2)),
    ("major", (5, 3, 0, 4, 5, 3, 1, 4)),
    ("major", (0, 5, 3, 4, 2, 5, 1, 4)),
)
_SCALES = {"minor": (0, 2, 3, 5, 7, 8, 10), "major": (0, 2, 4, 5, 7, 9, 11)}
_PATTERNS = ((0, 2, 1, 2, 3, 2, 1, 2), (0, 1, 2, 3, 2, 1, 2, 1), (0, 2, 3, 2, 1, 2, 3, 1))


@dataclass(frozen=True)
class _Piece:
    """What a seed decides."""

    tonic: int  # MIDI note
    scale: tuple[int, ...]
    roots: tuple[int, ...]
    pattern: tuple[int, ...]
    beat: int  # samples

    def note(self, degree: int) -> float:
        """The frequency in Hz of a degree of the scale, counted from the tonic."""
        octave, step = divmod(degree, 7)
        return float(440.0 * 2 ** ((self.tonic + 12 * octave + self.scale[step] - 69) / 12))


def compose(seconds: float, seed: int, out: Path) -> Path:
    """Write `seconds` of music as a stereo 48 kHz WAV, about -20 LUFS, faded at both ends."""
    loop = _loop(seed)
    total = round(seconds * SAMPLE_RATE)
    part = out.with_name(out.name + ".part")
    with wave.open(str(part), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        for start in range(0, total, len(loop)):
            piece = loop[: min(len(loop), total - start)] * _fades(start, len(loop), total)[:, None]
            file.writeframes((np.clip(piece, -1, 1) * 32767).astype("<i2").tobytes())
    return part.replace(out)


def _fades(start: int, length: int, total: int) -> Sound:
    at = np.arange(start, min(start + length, total), dtype=np.float32)
    rise = np.clip(at / (FADE_IN_S * SAMPLE_RATE), 0, 1)
    fall = np.clip((total - at) / (FADE_OUT_S * SAMPLE_RATE), 0, 1)
    return np.asarray(np.sin(rise * np.pi / 2) * np.sin(fall * np.pi / 2), dtype=np.float32)


def _loop(seed: int) -> Sound:
    random = np.random.default_rng(seed)
    mode, roots = _PROGRESSIONS[int(random.integers(len(_PROGRESSIONS)))]
    piece = _Piece(
        tonic=int(random.integers(43, 51)),
        scale=_SCALES[mode],
        roots=roots,
        pattern=_PATTERNS[int(random.integers(len(_PATTERNS)))],
        beat=_GRAIN * int(random.integers(16, 20)),  # 94 to 79 beats a minute
    )
    length = BARS * BEATS * piece.beat
    pad, plucks, dry = (np.zeros((length, 2), dtype=np.float32) for _ in range(3))
    for index, root in enumerate(piece.roots):
        start = index * 2 * BEATS * piece.beat
        _play_pad(pad, piece, root, start)
        _play_bass(dry, piece, root, start)
        if index >= 2:  # the first bars breathe
            _play_plucks(plucks, piece, root, start, random)
    _play_pulse(dry, piece, random)
    wet = _in_room(plucks * 0.8 + pad * 0.35, random)
    mixed = dry + pad + plucks + wet
    level = float(np.sqrt(np.mean(mixed.astype(np.float64) ** 2)))
    return _doubled(np.tanh(mixed * np.float32(0.11 / level)))


def _doubled(loop: Sound) -> Sound:
    """The loop at twice the rate: exact, for what goes round has a spectrum of its own."""
    spectrum = np.fft.rfft(loop, axis=0)
    return np.asarray(np.fft.irfft(spectrum, 2 * len(loop), axis=0) * 2, dtype=np.float32)


def _add(track: Sound, sound: Sound, start: int, *, left: float = 1.0, right: float = 1.0) -> None:
    """Lay a sound on the loop; what runs over its end goes on at its beginning."""
    start %= len(track)
    now = min(len(sound), len(track) - start)
    for side, level in enumerate((left, right)):
        track[start : start + now, side] += sound[:now] * np.float32(level)
        track[: len(sound) - now, side] += sound[now:] * np.float32(level)


def _tone(hertz: float, samples: int, harmonics: tuple[float, ...]) -> Sound:
    turns = np.arange(samples, dtype=np.float64) * (hertz / _RATE)
    at = np.asarray((turns % 1.0) * (2 * np.pi), dtype=np.float32)
    tone = np.zeros(samples, dtype=np.float32)
    for overtone, level in enumerate(harmonics, start=1):
        tone += np.float32(level) * np.sin(at * np.float32(overtone))
    return tone


def _swell(samples: int, attack_s: float, release_s: float) -> Sound:
    at = np.arange(samples, dtype=np.float32) / _RATE
    end = samples / _RATE
    rise, fall = np.clip(at / attack_s, 0, 1), np.clip((end - at) / release_s, 0, 1)
    return np.asarray(np.sin(rise * np.pi / 2) ** 2 * np.sin(fall * np.pi / 2) ** 2, np.float32)


def _play_pad(track: Sound, piece: _Piece, root: int, start: int) -> None:
    samples = int(2 * BEATS * piece.beat + 1.4 * _RATE)
    swell = _swell(samples, 1.3, 1.6)
    for voice, degree in enumerate((root, root + 2, root + 4, root + 8)):
        hertz = piece.note(degree) * (2 if degree < 4 else 1)
        for side, detune in enumerate((0.9982, 1.0018)):
            tone = _tone(hertz * detune, samples, (1, 0.32, 0.16, 0.06)) * swell * 0.055
            quiet = 0.55 if voice == 3 else 1.0
            _add(track, tone * quiet, start, left=1.0 - 0.6 * side, right=0.4 + 0.6 * side)


def _play_bass(track: Sound, piece: _Piece, root: int, start: int) -> None:
    hertz = piece.note(root - (7 if root >= 3 else 0))
    for beat, beats in ((0, 2.6), (3, 1.0), (4, 2.6), (6.5, 1.4)):
        samples = int(beats * piece.beat)
        tone = _tone(hertz, samples, (1, 0.22, 0.07)) * _swell(samples, 0.02, 0.25) * 0.17
        _add(track, tone, start + int(beat * piece.beat))


def _play_plucks(
    track: Sound, piece: _Piece, root: int, start: int, random: np.random.Generator
) -> None:
    chord = (root + 7, root + 9, root + 11, root + 14)
    samples = int(1.5 * _RATE)
    at = np.arange(samples, dtype=np.float32) / _RATE
    onset = np.clip(at / 0.006, 0, 1)
    for step in range(4 * BEATS):
        if random.random() < 0.22:
            continue  # a rest keeps a pattern from droning
        hertz = piece.note(chord[piece.pattern[step % 8]])
        bell = _tone(hertz, samples, (1,)) * np.exp(-at * 4.2) * 0.075
        shine = _tone(hertz * 2.005, samples, (1,)) * np.exp(-at * 9.0) * 0.025
        strength = float(random.uniform(0.55, 1.0)) * (1.15 if step % 4 == 0 else 1.0)
        side = 0.5 + 0.28 * float(np.sin(step * 1.7))
        late = int(random.uniform(0, 0.008) * _RATE)  # no hand is a clock
        place = start + step * piece.beat // 2 + late
        sound = np.asarray((bell + shine) * onset * strength, dtype=np.float32)
        _add(track, sound, place, left=1 - side, right=side)


def _play_pulse(track: Sound, piece: _Piece, random: np.random.Generator) -> None:
    at = np.arange(int(0.32 * _RATE), dtype=np.float32) / _RATE
    sweep = 46 * at + 2.6 * (1 - np.exp(-at * 24))
    kick = np.asarray(np.sin(2 * np.pi * sweep) * np.exp(-at * 11) * 0.2, dtype=np.float32)
    brush_at = at[: int(0.07 * _RATE)]
    for bar in range(2, BARS):
        for step in range(2 * BEATS):
            place = (bar * 2 * BEATS + step) * piece.beat // 2
            if step in (0, 5):
                _add(track, kick * (1.0 if step == 0 else 0.6), place)
            noise = random.standard_normal(len(brush_at)).astype(np.float32)
            brush = np.diff(noise, prepend=0.0) * np.exp(-brush_at * 70)
            level = 0.009 if step % 2 else 0.005
            _add(track, np.asarray(brush * level, dtype=np.float32), place, left=0.8)


def _in_room(sound: Sound, random: np.random.Generator) -> Sound:
    """The sound in a wide, dark room, round the loop's end: convolution by FFT."""
    samples = int(2.2 * _RATE)
    at = np.arange(samples) / _RATE
    spread = len(sound)
    wet = np.empty_like(sound)
    for side in (0, 1):
        tail = random.standard_normal(samples) * np.exp(-at * 2.9)
        tail = np.convolve(tail, np.hanning(24) / 12, mode="same")  # dark: highs die in the walls
        tail[: int(0.012 * _RATE)] = 0
        tail *= 0.35 / np.sqrt(np.sum(tail**2))
        room = np.fft.rfft(tail.astype(np.float32), spread)
        spectrum = np.fft.rfft(sound[:, side]) * room
        wet[:, side] = np.fft.irfft(spectrum, spread)
    return wet
