"""The studio's door to the bundled typefaces, which lie with the painter that draws with them."""

from ytempire.providers.painter.fonts import (
    ALPHABETS,
    CAPTION_FAMILY,
    FAMILIES,
    FOLDER,
    REGIONS,
    chain,
    clean,
    drawable,
    is_right_to_left,
    lettering,
    line_height,
    missing_glyphs,
    require_glyphs,
    runs,
    runs_leftward,
)

__all__ = [
    "ALPHABETS",
    "CAPTION_FAMILY",
    "FAMILIES",
    "FOLDER",
    "REGIONS",
    "chain",
    "clean",
    "drawable",
    "is_right_to_left",
    "lettering",
    "line_height",
    "missing_glyphs",
    "require_glyphs",
    "runs",
    "runs_leftward",
]
