"""Reads a person's script from a file, and refuses what cannot become a video."""

from __future__ import annotations

from pathlib import Path

from ytempire.domain import Script
from ytempire.errors import InvalidScript
from ytempire.providers.writers.own_words import parse_script

__all__ = ["LARGEST_BYTES", "parse_script", "read_script", "read_text"]

#: A script of this size would be a day's speech; it is a wrong file.
LARGEST_BYTES = 1_000_000


def read_script(path: Path) -> Script:
    """The script in a text file: UTF-8, with or without a byte order mark.

    Raises:
        InvalidScript: there is no such file, or it is empty, 1 MB or more, not text, not UTF-8,
            or holds nothing that can be spoken.
    """
    return parse_script(read_text(path))


def read_text(path: Path) -> str:
    """The text of a script's file, not yet parsed.

    Raises:
        InvalidScript: as `read_script`.
    """
    if not path.is_file():
        raise InvalidScript(f"There is no script at {path}.", "Give the path of a text file.")
    try:
        size = path.stat().st_size
        if size >= LARGEST_BYTES:
            raise InvalidScript(
                f"{path.name} is {size / 1e6:.1f} MB; a script has less than 1 MB.",
                "Is it the right file? A minute of speech is about 1 kB of text.",
            )
        data = path.read_bytes()
    except OSError as error:
        raise InvalidScript(f"{path} cannot be read: {error.strerror}.") from error
    if b"\0" in data:
        raise InvalidScript(
            f"{path.name} is not a text file.", "Save it as plain text (UTF-8) and try again."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidScript(
            f"{path.name} is not UTF-8 (byte {error.start} is 0x{data[error.start]:02x}).",
            "Save it with the encoding UTF-8 and try again.",
        ) from error
