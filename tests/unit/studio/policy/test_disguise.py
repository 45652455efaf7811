"""Disguised spellings are seen through, and what only looks like one is left alone."""

from __future__ import annotations

import pytest
from ytempire.studio.policy.disguise import Reader

READER = Reader(
    ["kill", "bomb", "movie", "scam", "full", "all", "how", "to", "make", "sex"],
    ["murder"],
    ["a", "the", "is"],
)


@pytest.mark.parametrize(
    "disguised",
    [
        "k.i.l.l", "k-i-l-l", "k i l l", "K I L L", "k1ll", "k!ll", "ki11", "kiiilll", "k*ll",
        "ｋｉｌｌ", "𝐤𝐢𝐥𝐥", "🅺🅸🅻🅻", "k\u200bill", "k\u00adill", "кіll", "kíll",
        "k🔥ill", "ki-ll", "k_i_l_l",
    ],
)  # fmt: skip
def test_each_disguise_of_a_word_is_read(disguised: str) -> None:
    assert READER.sentences(disguised) == ["kill"]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("h o w t o m a k e a b o m b", "how to make a bomb"),
        ("f.u.l.l m.o.v.i.e", "full movie"),
        ("MURD3RER", "murderer"),
        ("a 💣 here", "a bomb here"),
    ],
)
def test_sentences_in_disguise_are_read(text: str, read: str) -> None:
    assert READER.sentences(text) == [read]


@pytest.mark.parametrize(
    "text", ["skill", "scampi", "essex", "mp3", "covid19", "4k video", "e-mail", "2026", "b2b"]
)
def test_look_alikes_stay_what_they_are(text: str) -> None:
    assert "".join(READER.sentences(text)).replace(" ", "") == text.replace("-", "").replace(
        " ", ""
    )


@pytest.mark.parametrize("text", ["हिन्दी में", "مرحبا بكم", "日本語です", "Москва", "Αθήνα"])
def test_other_alphabets_keep_their_letters(text: str) -> None:
    assert READER.sentences(text)


def test_no_text_is_too_much() -> None:
    for text in (
        "",
        "\x00\x01",
        "a" * 20_000,
        "1!|" * 3_000,
        "k.i" * 5_000,
        "*" * 900,
        "ɡ\u0301" * 99,
    ):
        READER.sentences(text)
