"""The policy check held to its bounds on labelled texts that no rule was written from."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ytempire.studio.policy import judge_texts

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures" / "policy"


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FIXTURES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def violating(name: str) -> Iterator[tuple[str, str]]:
    data = read(name)
    for category, texts in data["violating"].items():
        for text in texts:
            yield category, codecs.decode(text, "rot13") if category in data["rot13"] else text


def clean(name: str) -> list[str]:
    return [text for texts in read(name)["clean"].values() for text in texts]


@pytest.mark.parametrize("name", ["held_out", "fresh", "development"])
def test_severe_violations_are_found_and_clean_texts_pass(name: str) -> None:
    bad, good = list(violating(name)), clean(name)
    missed = [text for _, text in bad if not judge_texts({"title": text}).is_blocked]
    stopped = [text for text in good if judge_texts({"title": text}).is_blocked]
    asked = [text for text in good if judge_texts({"title": text}).findings]
    assert len(missed) <= 0.02 * len(bad), missed
    assert len(stopped) <= 0.05 * len(good), stopped
    assert len(asked) <= 0.08 * len(good), asked


def test_the_held_out_texts_are_enough_to_tell() -> None:
    assert len(list(violating("held_out"))) >= 100
    assert len(clean("held_out")) >= 100
    total = {n: (len(list(violating(n))), len(clean(n))) for n in ("held_out", "development")}
    assert sum(v for v, _ in total.values()) >= 120 and sum(c for _, c in total.values()) >= 200


def test_what_is_found_is_mostly_called_by_its_category() -> None:
    right = [
        category in {finding.category for finding in judge_texts({"title": text}).findings}
        for category, text in violating("held_out")
    ]
    assert sum(right) >= 0.95 * len(right)
