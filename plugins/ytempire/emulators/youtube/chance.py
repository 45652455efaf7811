"""Chance as a pure function of its keys: the same seed and names give the same numbers anywhere."""

from __future__ import annotations

import base64
import hashlib

import numpy as np


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
