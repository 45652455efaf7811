"""Keeps what a model answered: the same question is not paid twice, and what was paid is not lost.

An answer is put here as it came, before anybody reads it. What it cost stays `owed` until it is
booked: a worker that dies between the two leaves a debt, and who finds the answer settles it.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError

from ytempire.domain import Frozen, Usage


class Kept(Frozen):
    """A completion as the provider sent it.

    Attributes:
        raw: the completion's own JSON.
        owed: what it consumed, as long as nobody has booked it.
        is_ambiguous: whether that was billed is not known.
    """

    raw: str
    owed: tuple[Usage, ...] = ()
    is_ambiguous: bool = False


class AnswerCache(Protocol):
    """Where answers lie under the key of their question."""

    def get(self, key: str) -> Kept | None:
        """The answer to a question, if it was asked before."""

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer; it replaces an earlier one."""

    def reject(self, key: str) -> None:
        """Let an answer nobody can use be found no more; it stays for a person to look at."""


class FolderCache:
    """Answers as files in a folder; a file is whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> Kept | None:
        """See `AnswerCache.get`. A file that cannot be read counts as none."""
        try:
            return Kept.model_validate_json(self._path(key).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def put(self, key: str, kept: Kept) -> None:
        """See `AnswerCache.put`."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_suffix(f".{os.getpid()}.part")
        with beside.open("wb") as file:
            file.write(kept.model_dump_json(indent=1).encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)

    def reject(self, key: str) -> None:
        """See `AnswerCache.reject`."""
        path = self._path(key)
        if path.exists():
            path.replace(path.with_suffix(".rejected.json"))

    def remove(self, key: str, *, for_good: bool) -> int:
        """Remove an answer, also one that was rejected; else they are only counted.

        Returns:
            How many files there are.
        """
        path = self._path(key)
        found = [each for each in (path, path.with_suffix(".rejected.json")) if each.exists()]
        for each in found if for_good else ():
            each.unlink(missing_ok=True)
        return len(found)

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"


def key_of(request: dict[str, Any], address: str) -> str:
    """The key of a question: model, prompt and settings, and who is asked."""
    whole = json.dumps([address, request], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(whole.encode()).hexdigest()
