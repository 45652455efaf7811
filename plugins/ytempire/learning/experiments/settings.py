"""What of a channel's profile an experiment may vary: settings that production reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from ytempire.domain import CaptionStyle
from ytempire.errors import InvalidInput

Value = str | int | None


@dataclass(frozen=True)
class Setting:
    """A setting of the profile.

    Attributes:
        words: what people call it.
        part, field: where it stands in the profile: `voicing`, `words_per_minute`.
        choices: the values there are; none: a whole number from `least` to `most`.
    """

    words: str
    part: str
    field: str
    choices: tuple[str, ...] = ()
    least: int = 0
    most: int = 0

    @property
    def allowed(self) -> str:
        """The values that it takes, in words."""
        if self.choices:
            return ", ".join(self.choices)
        return f"whole numbers from {self.least} to {self.most}"

    def parsed(self, text: str) -> Value:
        """A value as a person writes it; empty: as each channel's profile has it.

        Raises:
            InvalidInput: it is none that the setting takes.
        """
        given = text.strip()
        if not given:
            return None
        if given in self.choices:
            return given
        is_number = not self.choices and given.isascii() and given.isdigit() and len(given) < 9
        if is_number and self.least <= int(given) <= self.most:
            return int(given)
        raise InvalidInput(f"{given!r} is no {self.words}.", f"It takes {self.allowed}.")


SETTINGS: dict[str, Setting] = {
    "pace": Setting("pace of the voice", "voicing", "words_per_minute", least=80, most=400),
    "captions": Setting("caption style", "identity", "captions", get_args(CaptionStyle)),
    "texture": Setting(
        "texture of the pictures",
        "identity",
        "texture",
        ("waves", "dunes", "rings", "grid", "contours", "paper", "grain"),
    ),
    "typeface": Setting("lettering", "identity", "typeface", ("grotesque", "geometric", "serif")),
}


def setting(name: str) -> Setting:
    """A setting by its name. Raises InvalidInput: there is none; the message lists them."""
    if name not in SETTINGS:
        raise InvalidInput(f"{name!r} cannot be varied.", f"Settings: {', '.join(SETTINGS)}.")
    return SETTINGS[name]
