"""Which language a text can be spoken in, as far as its letters tell."""

from __future__ import annotations

import re

#: Letters, the language they are taken for, and the others that are written with them too.
_SCRIPTS = (
    (re.compile(r"[\u3040-\u30ff]"), "ja", ()),
    (re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]"), "zh", ("ja", "cmn", "yue", "hak", "ko")),
    (re.compile(r"[\uac00-\ud7af]"), "ko", ()),
    (re.compile(r"[\u0600-\u06ff]"), "ar", ("fa", "ur", "ps", "sd", "ug", "ku", "ms")),
    (re.compile(r"[\u0590-\u05ff]"), "he", ("yi",)),
    (re.compile(r"[\u0900-\u097f]"), "hi", ("mr", "ne", "kok", "bpy", "sa")),
    (re.compile(r"[\u0e00-\u0e7f]"), "th", ()),
    (
        re.compile(r"[\u0400-\u04ff]"),
        "ru",
        ("uk", "be", "bg", "mk", "sr", "kk", "ky", "tt", "ba", "cv", "mn", "tg"),
    ),
    (re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]"), "el", ("grc",)),
)
_LETTER = re.compile(r"[^\W\d_]")


def language_of(text: str) -> str:
    """The language that most of a text's letters are taken for; Latin ones for English.

    Kana make a text Japanese however few they are.
    """
    half = len(_LETTER.findall(text)) / 2
    for pattern, language, _ in _SCRIPTS:
        found = len(pattern.findall(text))
        if found and (found > half or language == "ja"):
            return language
    return "en"


def fitting(language: str, text: str) -> str:
    """The language to speak a text in: the one given, unless its letters are of other ones.

    A text in Arabic letters that is said to be English would be spelled letter by letter.
    """
    told = language_of(text)
    base = language.lower().split("-")[0]
    for _, code, others in _SCRIPTS:
        if code == told:
            return language if base in (code, *others) else code
    return language
