"""How English words are said: dates, times, money, units, addresses, short forms, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from ytempire.providers.voices.numerals import figure, number

_N = r"\d+(?:,\d{3})*(?:\.\d+)?"
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee"}
_CENTS = {"$": "cent", "€": "cent", "£": "penny"}
_SCALES = {"hundred", "thousand", "million", "billion", "trillion"}
_SHORT_SCALES = {
    **{"k": "thousand", "m": "million", "bn": "billion", "b": "billion"},
    **{"t": "trillion", "tn": "trillion"},
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_MONTH_NAMES = {month.lower() for month in _MONTHS} | {month[:3].lower() for month in _MONTHS}
#: Singular and plural of what follows a number, apart or attached.
_UNITS = {
    **{"km": "kilometre", "m": "metre", "cm": "centimetre", "mm": "millimetre", "mi": "mile"},
    **{"kg": "kilogram", "g": "gram", "mg": "milligram", "lb": "pound", "lbs": "pound"},
    **{"oz": "ounce", "l": "litre", "L": "litre", "ml": "millilitre", "s": "second"},
    **{"ms": "millisecond", "min": "minute", "h": "hour", "hr": "hour", "hrs": "hour"},
    **{"yd": "yard", "W": "watt", "kW": "kilowatt", "MW": "megawatt", "kWh": "kilowatt hour"},
    **{"V": "volt", "GB": "gigabyte", "MB": "megabyte", "TB": "terabyte", "KB": "kilobyte"},
}
_FIXED_UNITS = {
    **{"ft": "feet", "km/h": "kilometres an hour", "mph": "miles an hour", "%": "percent"},
    **{"m/s": "metres a second", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz"},
    **{"GHz": "gigahertz", "°C": "degrees Celsius", "°F": "degrees Fahrenheit", "°": "degrees"},
    **{"fps": "frames a second", "x": "times", "×": "times", "K": "K", "kcal": "kilocalories"},
    **{"m²": "square metres", "km²": "square kilometres", "+": "plus", "dB": "decibels"},
}
_ATTACHED_ONLY = frozenset(("x", "K", "+", "×", "°"))
_WORDS = {
    **{"&": "and", "+": "plus", "=": "equals", "%": "percent", "@": "at", "<": "less than"},
    **{">": "more than", "×": "times", "÷": "divided by", "~": "about", "≈": "about", "#": "hash"},
    **{"°C": "degrees Celsius", "°F": "degrees Fahrenheit", "km/h": "kilometres an hour"},
    **{"mph": "miles an hour", "m/s": "metres a second", "vs": "versus", "e.g": "for example"},
    **{"i.e": "that is", "etc": "et cetera", "approx": "approximately", "AI": "A I"},
    **{
        "CO2": "C O two",
        "H2O": "H two O",
        "w/o": "without",
        "w/": "with",
        "24/7": "twenty four seven",
    },
    **{"and/or": "and or", "U.S": "U S", "U.K": "U K", "U.N": "U N", "E.U": "E U"},
    **{"U.S.A": "U S A", "a.m": "A M", "p.m": "P M", "am": "am", "Ph.D": "P H D"},
}
_TITLES = {
    **{"Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Dr": "Doctor", "Prof": "Professor"},
    **{"St": "Saint", "Mt": "Mount", "Sgt": "Sergeant", "Capt": "Captain", "Gen": "General"},
    **{"Sen": "Senator", "Rep": "Representative", "Rev": "Reverend", "Gov": "Governor"},
}
_ENDINGS = {"Jr": "Junior", "Sr": "Senior", "Inc": "Incorporated", "Ltd": "Limited"}
_ROMANS = {"II": "2", "III": "3", "IV": "4", "VI": "6", "VII": "7", "VIII": "8", "IX": "9"}
_BEFORE_ROMANS = {"War", "Part", "Chapter", "Act", "Volume", "Phase", "Type", "Stage", "Book"}
#: Not years, when they come before or after a number: "page 1969", "1500 people".
_BEFORE_COUNTS = frozenset(
    ("page", "room", "about", "nearly", "over", "under", "roughly", "than", "some", "almost")
)
_COUNTED = frozenset(
    (
        *("people", "men", "women", "children", "feet", "miles", "years", "days", "hours"),
        *("minutes", "seconds", "times", "words", "tons", "tonnes", "degrees", "watts", "calories"),
        *("steps", "members", "copies", "employees", "metres", "meters", "kilometres", "dollars"),
        *("kilometers", "pounds", "euros", "percent", "volts", "views", "subscribers"),
    )
)
_TLD = "com|org|net|edu|gov|io|ai|co|uk|de|fr|es|it|jp|tv|app|dev|me|info|eu|us|gg|so|xyz|js"
_ADDRESS = re.compile(
    rf"(?:https?://)?(?:www\.)?((?:[\w-]+[.@])*[\w-]+[.](?:{_TLD})(?::\d+)?(?:[/?#]\S*)?)"
    r"|https?://(\S+)",
    re.IGNORECASE,
)
_ADDRESS_SIGNS = {
    **{".": "dot", "/": "slash", "-": "dash", "_": "underscore", "@": "at", "?": "question mark"},
    **{"=": "equals", "&": "and", "#": "hash", ":": "colon", "%": "percent", "~": "tilde"},
}


@dataclass(frozen=True)
class Around:
    """The words beside one, in small letters, without punctuation; the former as written too."""

    before: str
    after: str
    before_as_written: str = ""


def core_said(core: str, around: Around) -> str | None:
    """A word without its punctuation, as people say it; None: as it is written."""
    if core in _WORDS and not (core == "am" and not around.before[-1:].isdigit()):
        return _WORDS[core]
    if core in _UNITS and around.before[-1:].isdigit():
        return _unit(core, around.before)
    if core in _FIXED_UNITS and core not in _ATTACHED_ONLY and around.before[-1:].isdigit():
        return _FIXED_UNITS[core]
    if core in _ROMANS and around.before_as_written in _BEFORE_ROMANS:
        return number(_ROMANS[core])
    if match := _ADDRESS.fullmatch(core):
        return _address(match[1] or match[2])
    if not any(character.isdigit() for character in core):
        return None
    for pattern, said in _SHAPES:
        if match := pattern.fullmatch(core):
            spoken = said(match, around)
            if spoken is not None:
                return spoken
    spaced = re.sub(r"(?<=[^\W\d])-?(?=\d)|(?<=\d)-?(?=[^\W\d])|(?==)|(?<==)", " ", core)
    return re.sub(_N, lambda match: figure(match[0]) or match[0], spaced).replace("=", "equals")


def is_scale(core: str) -> bool:
    """Whether a currency waits until after this word: $1.2 million."""
    return core.lower() in _SCALES


def is_short_form(core: str) -> bool:
    """Whether the full stop after this word belongs to it, so that no sentence ends there."""
    return core in _TITLES or core in {"vs", "e.g", "i.e", "approx", "No"}


def titled(core: str, around: Around, tail: str) -> str | None:
    """Titles and endings of names, when they are written short."""
    if core in _TITLES and tail.startswith(".") and around.after:
        return _TITLES[core]
    if core == "No" and tail.startswith(".") and around.after[:1].isdigit():
        return "number"
    return _ENDINGS.get(core) if tail.startswith(".") else None


def money(sign: str, amount: str) -> str:
    """A sum of money."""
    name = _CURRENCIES[sign]
    whole, _, cents = amount.partition(".")
    if len(cents) == 2 and sign in _CENTS and whole.replace(",", "").isdecimal():
        said = f"{figure(whole)} {_many(name, whole)}"
        return said if int(cents) == 0 else f"{said} {number(str(int(cents)))}"
    return f"{figure(amount)} {_many(name, amount)}"


def _many(name: str, amount: str) -> str:
    return name if amount == "1" or name == "yen" else f"{name}s"


def currency(sign: str) -> str:
    """The plural of a currency."""
    return _many(_CURRENCIES[sign], "2")


def _unit(unit: str, amount: str) -> str:
    return _UNITS[unit] if amount == "1" else f"{_UNITS[unit]}s"


def _address(address: str) -> str:
    address = address.rstrip("/")
    parts = re.findall(r"\d+|[^\W\d_]+|[^\w\s]|_", address)
    return " ".join(
        _ADDRESS_SIGNS.get(part, (number(part) or part) if part.isdecimal() else part)
        for part in parts
    )


def year(digits: str) -> str:
    """A year as people say it: nineteen sixty nine, two thousand eight, twenty ten."""
    century, rest = digits[:2], digits[2:]
    if digits[1:3] == "00":
        return f"{number(digits[0])} thousand {number(rest[1]) if rest[1] != '0' else ''}".strip()
    if rest == "00":
        return f"{number(century)} hundred"
    return f"{number(century)} oh {number(rest[1])}" if rest[0] == "0" else (
        f"{number(century)} {number(rest)}"
    )  # fmt: skip


def _year(match: re.Match[str], around: Around) -> str | None:
    is_count = around.before in _BEFORE_COUNTS or around.after in _COUNTED
    if is_count or around.after in _UNITS or around.after in _FIXED_UNITS:
        return None
    return year(match[1])


def _decade(match: re.Match[str], _: Around) -> str:
    said = year(match[1]) if len(match[1]) == 4 else number(match[1]) or match[1]
    return f"{said[:-1]}ies" if said.endswith("y") else f"{said}s"


def _plain(match: re.Match[str], around: Around) -> str | None:
    day = match[0]
    if day.isdecimal() and 1 <= int(day) <= 31 and day[0] != "0":
        if around.before in _MONTH_NAMES:
            return number(day, how="ordinal")
        if around.after in _MONTH_NAMES and around.after != "may":
            return f"the {number(day, how='ordinal')} of"
    return figure(day)


def _clock(match: re.Match[str], around: Around) -> str | None:
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if hour > 24 or minute > 59:
        return None
    said = number(str(hour)) or ""
    if minute:
        said += f" oh {number(str(minute))}" if minute < 10 else f" {number(str(minute))}"
    elif not half and around.after.replace(".", "") not in ("am", "pm"):
        said += " o'clock" if 1 <= hour <= 12 else " hundred"
    return f"{said} {' '.join(half.upper())}".strip()


def _iso_date(match: re.Match[str], _: Around) -> str | None:
    return _date(match[1], match[2], match[3])


def _slash_date(match: re.Match[str], _: Around) -> str | None:
    month, day = (match[2], match[1]) if int(match[1]) > 12 else (match[1], match[2])
    return _date(match[3], month, day)


def _date(digits: str, month: str, day: str) -> str | None:
    if not (1 <= int(month) <= 12 and 1 <= int(day) <= 31):
        return None
    return f"{_MONTHS[int(month) - 1]} {number(str(int(day)), how='ordinal')} {year(digits)}"


def _fraction(match: re.Match[str], _: Around) -> str | None:
    above, below = int(match[1]), int(match[2])
    if below == 2 and above == 1:
        return "one half"
    if below == 4 and above < 4:
        return "one quarter" if above == 1 else f"{number(match[1])} quarters"
    if 2 < below <= 20 and above < below:
        return f"{number(match[1])} {number(match[2], how='ordinal')}{'s' if above > 1 else ''}"
    return f"{number(match[1])} {number(match[2])}" if above > below else None


def _span(match: re.Match[str], around: Around) -> str:
    ends = Around("", around.after)
    first, last = (core_said(part, ends) or part for part in (match[1], match[2]))
    return f"{first} to {last}"


def _attached(match: re.Match[str], _: Around) -> str | None:
    amount, unit = match[1], match[2]
    if unit in _FIXED_UNITS:
        return f"{figure(amount)} {_FIXED_UNITS[unit]}"
    return f"{figure(amount)} {_unit(unit, amount)}" if unit in _UNITS else None


def _signed(match: re.Match[str], around: Around) -> str:
    names = {"-": "minus", "−": "minus", "+": "plus", "~": "about", "≈": "about"}
    names |= {">": "more than", "<": "less than", "#": "number", "±": "plus or minus"}
    return f"{names[match[1]]} {core_said(match[2], around) or match[2]}"


def _sum(match: re.Match[str], _: Around) -> str:
    sign, amount, scale = match[1], match[2], (match[3] or "").lower()
    if not scale:
        return money(sign, amount)
    return f"{figure(amount)} {_SHORT_SCALES[scale]} {currency(sign)}"


def _sums(match: re.Match[str], _: Around) -> str:
    scale = _SHORT_SCALES.get((match[4] or "").lower(), "")
    said = (figure(match[2]), "to", figure(match[3]), scale, currency(match[1]))
    return " ".join(part for part in said if part)


def _digits(digits: str) -> str:
    return number(digits) or digits


_Said = Callable[[re.Match[str], Around], str | None]
#: The first shape that a word has, and that answers, says how it is spoken.
_SHAPES: tuple[tuple[re.Pattern[str], _Said], ...] = (
    (re.compile(r"(1[1-9]\d\d|20[1-9]\d)"), _year),
    (re.compile(r"['’]?(\d\d|1\d\d0|20\d0)['’]?s"), _decade),
    (re.compile(r"(\d{4})-(\d\d)-(\d\d)"), _iso_date),
    (re.compile(r"(\d\d?)/(\d\d?)/(\d{4})"), _slash_date),
    (re.compile(r"(\d\d?):(\d\d)\s?([ap]\.?m)?", re.IGNORECASE), _clock),
    (re.compile(r"(1[0-2]|[1-9])()([ap]\.?m)", re.IGNORECASE), _clock),
    (re.compile(r"(\d+)(?:st|nd|rd|th)"), lambda m, _: number(m[1], how="ordinal")),
    (re.compile(r"(\d+)/(\d+)"), _fraction),
    (re.compile(rf"(?:US)?([$€£¥₹])({_N})(k|m|bn|b|tn|t)?", re.IGNORECASE), _sum),
    (re.compile(rf"([$€£¥₹])({_N})[–—-]\1?({_N})(k|m|bn|b|tn|t)?", re.IGNORECASE), _sums),
    (re.compile(r"\d+(?:\.\d+){2,}"), lambda m, _: " point ".join(map(_digits, m[0].split(".")))),
    (re.compile(rf"({_N})([€£])"), lambda m, _: money(m[2], m[1])),
    (re.compile(_N), _plain),
    (re.compile(r"(.*\d\D{0,3})[–—-]([$€£]?\d.*)"), _span),
    (re.compile(rf"({_N})([^\W\d_]+(?:/[a-z])?²?|%|°[CF]?|×|\+)"), _attached),
    (re.compile(r"([-−+~≈><#±])([$€£]?\d.*)"), _signed),
)
