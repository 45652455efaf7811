"""Numbers as words, in the languages that num2words has; the others are left to the voice."""

from __future__ import annotations

import re
from functools import lru_cache

#: How each language says the mark between a number and its decimals.
_POINT = {
    **{"en": "point", "de": "Komma", "fr": "virgule", "es": "coma", "it": "virgola"},
    **{"pt": "vírgula", "ru": "запятая", "nl": "komma", "pl": "przecinek", "ja": "点"},
    **{"ko": "점", "sv": "komma", "no": "komma", "da": "komma", "tr": "virgül", "uk": "кома"},
    **{"id": "koma", "th": "จุด", "vi": "phẩy", "he": "נקודה", "ar": "فاصلة", "cs": "celá"},
}
#: Languages that write 1,200.5; the others write 1.200,5 or 1 200,5.
_COMMA_GROUPS = frozenset({"en", "ja", "ko", "zh", "th", "he", "ar", "hi"})
_PERCENT = {
    **{"en": "percent", "de": "Prozent", "fr": "pour cent", "es": "por ciento"},
    **{"it": "per cento", "pt": "por cento", "nl": "procent", "ru": "процентов"},
    **{"pl": "procent", "sv": "procent", "ja": "パーセント", "ko": "퍼센트", "tr": "yüzde"},
}
_MONEY = {
    "de": {"$": "Dollar", "€": "Euro", "£": "Pfund", "¥": "Yen"},
    "fr": {"$": "dollars", "€": "euros", "£": "livres", "¥": "yens"},
    "es": {"$": "dólares", "€": "euros", "£": "libras", "¥": "yenes"},
    "it": {"$": "dollari", "€": "euro", "£": "sterline", "¥": "yen"},
    "pt": {"$": "dólares", "€": "euros", "£": "libras", "¥": "ienes"},
    "nl": {"$": "dollar", "€": "euro", "£": "pond", "¥": "yen"},
    "ru": {"$": "долларов", "€": "евро", "£": "фунтов", "¥": "иен"},
}
_NUMBER = re.compile(r"(?<![\d.,])\d+(?:[.,]\d+)*")
#: Longer ones are codes: said digit by digit.
_LONGEST = 15
_NAMES = {"nb": "no", "nn": "no", "cmn": "zh"}


def base_of(language: str) -> str:
    """The two-letter code, as num2words has it."""
    code = language.lower().replace("_", "-").split("-")[0]
    return _NAMES.get(code, code)


@lru_cache(maxsize=4096)
def number(digits: str, language: str = "en", how: str = "cardinal") -> str | None:
    """A whole number in words; None: num2words does not have it.

    Args:
        how: `cardinal`, `ordinal` or `year`.
    """
    from num2words import num2words

    if len(digits) > _LONGEST or (len(digits) > 1 and digits[0] == "0"):
        parts = [number(digit, language) for digit in digits]
        return " ".join(part for part in parts if part) if all(parts) else None
    try:
        said = str(num2words(int(digits), lang=language, to=how))
    except (NotImplementedError, OverflowError, ValueError, TypeError, KeyError, IndexError):
        return None
    return said.replace(",", "").replace("-", " ") if language == "en" else said


def figure(written: str, language: str = "en") -> str | None:
    """A number as it is written, with groups and decimals, in words; None: it cannot be said."""
    group, point = (",", ".") if language in _COMMA_GROUPS else (".", ",")
    if re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", written):
        written = written.replace(group, "")
    whole, mark, decimals = written.partition(point)
    if not mark and group in written and language != "en":  # 3.5 where a comma is usual
        whole, mark, decimals = written.partition(group)
    if not whole.isdecimal() or (mark and not decimals.isdecimal()):
        parts = [number(part, language) for part in re.split(r"[.,]", written)]
        middle = f" {_POINT.get(language, '')} "
        return middle.join(part for part in parts if part) if all(parts) else None
    said = number(whole, language)
    if not mark or said is None:
        return said
    digits = [number(digit, language) for digit in decimals]
    if language not in _POINT or not all(digits):
        return None
    return " ".join([said, _POINT[language], *(digit for digit in digits if digit)])


def numbers_said(word: str, language: str) -> str:
    """A word of another language than English, its numbers in words where they can be."""
    code = base_of(language)

    def said(match: re.Match[str]) -> str:
        is_year = code == "de" and re.fullmatch(r"1[1-9]\d\d", match[0])
        spelled = number(match[0], code, "year") if is_year else figure(match[0], code)
        if spelled is None:
            return match[0]
        before, after = word[: match.start()], word[match.end() :]
        sign = _MONEY.get(code, {}).get(before[-1:] or after[:1], "")
        percent = _PERCENT.get(code, "") if after.startswith("%") else ""
        return " ".join(part for part in (spelled, sign, percent) if part)

    spelled = _NUMBER.sub(said, word)
    if spelled == word:
        return word
    signs = "".join(_MONEY.get(code, {})) + ("%" if code in _PERCENT else "")
    return spelled.translate(str.maketrans("", "", signs))
