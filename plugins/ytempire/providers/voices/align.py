"""When each word of a known text is heard in a sound: from its silences and the words' weights.

Words share the time between silences by how long their syllables take; boundaries then settle
where the sound is weakest, and marks of punctuation where it pauses. No voice is asked for help.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ytempire.providers.voices import SpokenWord
from ytempire.providers.voices.sounds import Samples
from ytempire.providers.voices.weights import weight

Numbers = NDArray[np.float64]

_FRAME_S = 0.01
#: Below the loud parts by so much (dB) a frame is silent; and never above the noise floor.
_SILENT_DB = 34.0
#: Frames of silence that count as a pause: a stop consonant closes the mouth for less.
_PAUSE_FRAMES = 7
_LAST_SYLLABLE = 1.18  # words before a pause are drawn out
_CLOSERS = "\"'”’»)]」』"
_ENDS = ".!?…。！？؟۔।"
_CLAUSES = ",;:،؛、，；：—–"


@dataclass(frozen=True)
class _Sound:
    """Frames that hold speech, and where among them the voice pauses."""

    frames: NDArray[np.int64]  # the index of each frame that is not in a pause
    strength: Numbers  # of each of them, 0 (weak) to 1 (loud)
    pauses: NDArray[np.int64]  # frames of pause right before each of them


def align(
    words: Sequence[str], said: Sequence[str], samples: Samples, hertz: int, language: str
) -> tuple[SpokenWord, ...]:
    """The words with their times, rising, within the sound.

    Args:
        said: what the voice was given for each word, numbers spelled out.
    """
    seconds = len(samples) / hertz
    sound = _listened(samples, hertz)
    weights = np.array([weight(word, language) for word in said])
    if len(sound.frames) < 2 * len(words):
        shares = np.concatenate([[0.0], np.cumsum(weights) / weights.sum()])
        starts = [float(share) * seconds for share in shares[:-1]]
    else:
        ends = [_pause_of(word) for word in said]
        begins = _settled(weights, ends, sound)
        starts = [min(float(sound.frames[at]) * _FRAME_S, seconds) for at in begins]
    following = [*starts[1:], seconds]
    return tuple(
        SpokenWord(text=word, start=start, end=end)
        for word, start, end in zip(words, starts, following, strict=True)
    )


def _pause_of(word: str) -> int:
    """0: the voice goes on after this word; 1: a clause ends; 2: a sentence does."""
    last = word.rstrip(_CLOSERS)[-1:]
    return 2 if last and last in _ENDS else 1 if last and last in _CLAUSES else 0


def _listened(samples: Samples, hertz: int) -> _Sound:
    step = max(round(hertz * _FRAME_S), 1)
    count = len(samples) // step
    shaped = samples[: count * step].astype(np.float64).reshape(count, step)
    level = 20 * np.log10(np.sqrt((shaped**2).mean(axis=1)) + 1.0) if count else np.zeros(0)
    if not count or level.max() < 1.0:
        return _Sound(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
    loud = float(np.quantile(level[level > level.max() - 50], 0.9))
    floor = max(loud - _SILENT_DB, min(float(np.quantile(level, 0.02)) + 4.0, loud - 20.0))
    is_silent = level < floor
    pauses = np.zeros(count, np.int64)
    kept = np.ones(count, bool)
    at = 0
    while at < count:
        end = at
        while end < count and is_silent[end]:
            end += 1
        if end - at >= _PAUSE_FRAMES or (end > at and (at == 0 or end == count)):
            kept[at:end] = False
            if end < count:
                pauses[end] = end - at
        at = end + 1 if end == at else end
    frames = np.flatnonzero(kept)
    smooth = np.convolve(level, np.ones(3) / 3, mode="same")
    strength = np.clip((smooth[frames] - floor) / max(loud - floor, 1.0), 0.0, 1.2)
    return _Sound(frames, strength, pauses[frames])


def _settled(weights: Numbers, ends: Sequence[int], sound: _Sound) -> list[int]:
    """The first frame of speech of each word, by the cheapest way through all of them."""
    total, count = len(sound.frames), len(weights)
    drawn = np.array([_LAST_SYLLABLE if end else 1.0 for end in ends])
    lengths = weights * drawn
    lengths *= total / lengths.sum()
    inside = np.concatenate([[0.0], np.cumsum(_broken_cost(sound.pauses))])
    best = np.full(total + 1, np.inf)
    best[0] = 0.0
    came: list[NDArray[np.int64]] = []
    for index in range(count):
        best, before = _step(best, float(lengths[index]), inside)
        came.append(before)
        if index < count - 1:
            best[:total] += _boundary_cost(sound, ends[index])
            best[total] = np.inf
    at = total
    begins: list[int] = []
    for before in reversed(came):
        at = int(before[at])
        begins.append(at)
    return begins[::-1]


def _step(best: Numbers, length: float, inside: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """One more word: its cheapest end at every frame, and where it then began."""
    total = len(best) - 1
    spread = 0.28 * length + 3.0
    shortest = max(int(length * 0.3), 1)
    longest = min(int(length * 2.6) + 14, total)
    reached = np.full(total + 1, np.inf)
    before = np.zeros(total + 1, np.int64)
    for size in range(shortest, max(longest, shortest) + 1):
        if size > total:
            break
        # A pause at the word's own first frame is before it, not in it.
        cost = best[: total + 1 - size] + ((size - length) / spread) ** 2
        cost = cost + inside[size : total + 1] - inside[1 : total + 2 - size]
        cheaper = cost < reached[size:]
        reached[size:][cheaper] = cost[cheaper]
        before[size:][cheaper] = np.flatnonzero(cheaper)
    return reached, before


def _broken_cost(pauses: NDArray[np.int64]) -> Numbers:
    """What it costs to have each frame's pause within a word."""
    return np.where(pauses > 0, 1.0 + pauses / 6.0, 0.0)


def _boundary_cost(sound: _Sound, end: int) -> Numbers:
    """What it costs that a word ends, with this mark after it, before each frame."""
    weak = 1.6 * sound.strength
    if end == 0:
        return np.where(sound.pauses > 0, 0.3 + sound.pauses / 40.0, weak)
    missing = (0.0, 2.5, 6.0)[end]
    return np.where(sound.pauses > 0, 0.0 - np.minimum(sound.pauses, 30) / 15.0, weak + missing)
