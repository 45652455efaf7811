"""Where artefacts live: any fsspec root (`file://`, `s3://`, `gs://`), each written whole."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from upath import UPath

from ytempire.config import settings
from ytempire.errors import OutOfSpace


@dataclass(frozen=True)
class Stored:
    """A stored file: its address, its SHA-256 and its size in bytes."""

    path: str
    sha256: str
    bytes: int


def put(source: Path, key: str) -> Stored:
    """Store `source` under `key` below the configured root; a rerun replaces it with its equal.

    On a local root the file is complete on disk (fsync, then rename) before this returns, so that
    a row naming it never names half a file.

    Raises:
        OutOfSpace: the disk is full; nothing is left behind.
    """
    target = UPath(settings().storage_root) / key
    digest = sha256(source)
    if target.protocol in ("", "file"):
        _put_local(source, Path(target.path))
    else:
        with source.open("rb") as reader, target.open("wb") as writer:
            shutil.copyfileobj(reader, writer)
    return Stored(str(target), digest, source.stat().st_size)


def fetch(path: str, folder: Path) -> Path:
    """A local file with the stored content: the stored one itself, or a copy in `folder`."""
    source = UPath(path)
    if source.protocol in ("", "file"):
        return Path(source.path)
    folder.mkdir(parents=True, exist_ok=True)
    local = folder / str(source.name)
    with source.open("rb") as reader, local.open("wb") as writer:
        shutil.copyfileobj(reader, writer)
    return local


def remove(prefix: str, *, for_good: bool) -> int:
    """Remove every file below a prefix of the configured root; returns how many there are.

    Args:
        for_good: else they stay, and are only counted.
    """
    target = UPath(settings().storage_root) / prefix
    files = len(target.fs.find(target.path))
    if files and for_good:
        target.fs.rm(target.path, recursive=True)
    return files


def _put_local(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.resolve() == target.resolve():
        return
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        shutil.copyfile(source, part)
        with part.open("rb") as handle:
            os.fsync(handle.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutOfSpace(
            f"{target} cannot be written: {error.strerror}.",
            "Free some space, or move YTEMPIRE_STORAGE__ROOT, then clear the task.",
        ) from error


def sha256(path: Path) -> str:
    """What a file's content is known by."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
