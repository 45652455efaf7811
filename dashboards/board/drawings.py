"""The pages' charts as SVG, by the Vega-Lite that the browser runs, without a network."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from dashboards.board import plain
from dashboards.board.typefaces import FAMILY, folders

WIDTH, HEIGHT = 680, 190
_INK, _QUIET = "#10201f", "#566665"
_CONFIG: dict[str, Any] = {
    "background": None,
    "font": FAMILY,
    "view": {"stroke": None},
    "axis": {
        "labelColor": _QUIET, "titleColor": _QUIET, "labelFontSize": 11, "titleFontSize": 11,
        "titleFontWeight": "normal", "gridColor": "#e4e9ea", "domainColor": "#c9d2d4",
        "tickColor": "#c9d2d4",
    },
    "legend": {"labelColor": _INK, "labelFontSize": 11},
    "text": {"color": _QUIET},
}  # fmt: skip
_lock = threading.Lock()


def svg(spec: Mapping[str, Any]) -> str:
    """A chart as wide as the page. What answers to a pointer is left out: paper has none."""
    import vl_convert

    still = _still(spec)
    with _lock:
        for folder in folders():
            vl_convert.register_font_directory(str(folder))
        drawn: str = vl_convert.vegalite_to_svg(still, allowed_base_urls=[])
    return drawn


def _still(spec: Mapping[str, Any]) -> dict[str, Any]:
    still = {name: _drawable(value, name) for name, value in spec.items()}
    if "layer" in still:
        still["layer"] = [layer for layer in still["layer"] if not _answers(layer)]
    height = spec.get("height")
    still |= {
        "width": WIDTH,
        "height": HEIGHT if isinstance(height, int | float) else height,
        "config": _CONFIG,
    }
    return still


def _answers(layer: Mapping[str, Any]) -> bool:
    """Whether a layer is there for the pointer."""
    return any("select" in param for param in layer.get("params", ()))


def _drawable(value: Any, name: str) -> Any:
    """The specification with the texts of its data in letters that can be drawn."""
    if name in {"layer"} and isinstance(value, list):
        return [{k: _drawable(v, k) for k, v in layer.items()} for layer in value]
    if name == "data" and isinstance(value, Mapping):
        return {
            **value,
            "values": [{k: _text(v) for k, v in row.items()} for row in value.get("values", [])],
        }
    if name in {"encoding", "color", "y", "scale"} and isinstance(value, Mapping):
        return {k: _drawable(v, k) for k, v in value.items()}
    if name == "params":
        return [{k: _drawable(v, k) for k, v in param.items()} for param in value]
    if name == "value" and isinstance(value, Mapping):
        # Labels by the field they stand for, which is of the data.
        return {_text(k): _text(v) for k, v in value.items()}
    if name in {"domain", "sort"} and isinstance(value, list):
        return [_text(each) for each in value]
    return value


def _text(value: Any) -> Any:
    return plain.text(value)["t"] if isinstance(value, str) else value
