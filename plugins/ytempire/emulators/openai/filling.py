"""Fills in any JSON schema with something plausible: an opinion of a judge, say."""

from __future__ import annotations

import hashlib
import random
from typing import Any


def filled(schema: dict[str, Any], seed: str) -> Any:
    """A value that the schema takes; the same seed gives the same value."""
    chance = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311  # no secret
    return _Filler(schema.get("$defs", {}), chance).value(schema, "")


class _Filler:
    def __init__(self, defined: dict[str, Any], chance: random.Random) -> None:
        self._defined, self._chance = defined, chance

    def value(self, node: dict[str, Any], name: str) -> Any:
        if "$ref" in node:
            return self.value(self._defined[node["$ref"].rsplit("/", 1)[-1]], name)
        if "const" in node:
            return node["const"]
        if "enum" in node:
            return self._chance.choice(node["enum"])
        for group in ("anyOf", "oneOf", "allOf"):
            if group in node:
                return self.value(_substantial(node[group]), name)
        return self._of_type(node, name)

    def _of_type(self, node: dict[str, Any], name: str) -> Any:
        match node.get("type"):
            case "object":
                inner = node.get("properties", {})
                return {key: self.value(each, key) for key, each in inner.items()}
            case "array":
                count = max(node.get("minItems", 0), 0)
                return [self.value(node.get("items", {}), name) for _ in range(count)]
            case "boolean":
                return True
            case "integer":
                return round(self._number(node, name))
            case "number":
                return round(self._number(node, name), 3)
            case "null":
                return None
        return "SIMULATED: clear, though the middle could be tighter."

    def _number(self, node: dict[str, Any], name: str) -> float:
        """In the upper part of its range, as the opinions of judges are."""
        is_share = any(word in name for word in ("confidence", "share", "probability"))
        low = float(node.get("minimum", node.get("exclusiveMinimum", 0)))
        high = float(node.get("maximum", node.get("exclusiveMaximum", 1 if is_share else 100)))
        return low + (high - low) * self._chance.uniform(0.72, 0.9)


def _substantial(options: list[dict[str, Any]]) -> dict[str, Any]:
    return next((each for each in options if each.get("type") != "null"), options[0])
