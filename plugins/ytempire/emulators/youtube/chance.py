"""Chance as a pure function of its keys: the same seed and names give the same numbers anywhere."""

from __future__ import annotations

import base64
import hashlib

import numpy as np
from numpy.typing import NDArray


def digest(*keys: object, size: int = 16) -> bytes:
    """Bytes that depend on the keys alone; `size` is at most 64."""
    joined = "\x1f".join(str(key) for key in keys)
    return hashlib.blake2b(joined.encode(), digest_size=size).digest()


def unit(*keys: object) -> float:
    """A number in [0, 1)."""
    return int.from_bytes(digest(*keys, size=6), "big") / 2**48


def between(low: float, high: float, *keys: object) -> float:
    """A number in [low, high)."""
    return low + (high - low) * unit(*keys)


def generator(*keys: object) -> np.random.Generator:
    """A numpy generator whose stream depends on the keys alone.

    A longer draw begins with the shorter one, so a series can grow without changing its past.
    """
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest(*keys), "big")))


def identifier(length: int, *keys: object) -> str:
    """An id of YouTube's alphabet (A-Z a-z 0-9 _ -)."""
    return base64.urlsafe_b64encode(digest(*keys, size=32)).decode()[:length]


def number(*keys: object) -> int:
    """A whole number in [0, 2**64) that depends on the keys alone."""
    return int.from_bytes(digest(*keys, size=8), "big")


def units(rows: NDArray[np.uint64], columns: NDArray[np.int64], name: str) -> NDArray[np.float64]:
    """Numbers in [0, 1), one for each pair of a row's key and a column's number.

    Args:
        rows: keys that are random already (`number`), of shape (n,).
        columns: any whole numbers, of shape (m,).
        name: tells one table of numbers from another.
    """
    salted = columns.astype(np.uint64) + np.uint64(number(name))
    mixed = _mixed(rows[:, None] ^ _mixed(salted)[None, :])
    return (mixed >> np.uint64(11)).astype(np.float64) / 2**53


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser (Steele, Lea and Flood 2014): each bit depends on all bits."""
    words = words + np.uint64(0x9E3779B97F4A7C15)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
