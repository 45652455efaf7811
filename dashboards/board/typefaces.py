"""The typefaces of the document: Inter, and the studio's for what Inter lacks."""

from __future__ import annotations

from pathlib import Path

FAMILY = "Inter"


def folders() -> tuple[Path, Path]:
    """Where they lie."""
    from ytempire.studio import fonts

    return Path(__file__).with_name("fonts"), fonts.FOLDER


def families() -> list[str]:
    """Asked in turn for each letter."""
    from ytempire.studio import fonts

    others = [name for name in fonts.FAMILIES.values() if name.startswith("Studio Sans")]
    return [FAMILY, *others]
