"""The studio's door to the bundled typefaces, which lie with the painter that draws with them."""

from ytempire.providers.painter.fonts import (
    CAPTION_FAMILY,
    FOLDER,
    face,
    missing_glyphs,
    require_glyphs,
)

__all__ = ["CAPTION_FAMILY", "FOLDER", "face", "missing_glyphs", "require_glyphs"]
