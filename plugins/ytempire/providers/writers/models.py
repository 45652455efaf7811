"""Which model writes: premium the large one, economy the small one, between them the brief says."""

from __future__ import annotations

import re

from ytempire.config import OpenAI as Config
from ytempire.domain import Format, Tier
from ytempire.providers.writers import Brief

#: From here on a standard video is worth the large model.
WORTH_THE_LARGE = 0.5
#: Fields where a slip of a small model does harm, or sounds like one.
_DEMANDING = re.compile(
    r"\b(medic\w*|health|disease\w*|drug\w*|vaccin\w*|diet\w*|law\w*|legal|tax(?:es)?|invest\w*|"
    r"mortgage\w*|econom\w*|inflation|physics|quantum|relativity|mathemat\w*|statistic\w*|"
    r"genetic\w*|neuro\w*|climate|war|histor\w*|politic\w*|philosoph\w*)\b",
    re.IGNORECASE,
)


def complexity(brief: Brief) -> float:
    """How demanding a brief is, 0 to 1.

    Length asks for a plan (0.4 for a wide video), a demanding field for care (0.35), another
    language than English for command of it (0.2), much material for judgement (0.15), and a
    rewrite for something new to say (0.25).
    """
    score = 0.4 if brief.format is Format.WIDE else 0.0
    if _DEMANDING.search(f"{brief.topic} {brief.niche}"):
        score += 0.35
    if brief.language.lower().split("-")[0] != "en":
        score += 0.2
    if len(brief.signals) + len(brief.comments) > 12:
        score += 0.15
    if brief.avoid:
        score += 0.25
    return min(score, 1.0)


def model_for(brief: Brief, config: Config) -> str:
    """The model that writes a brief's script."""
    is_large = brief.tier is Tier.PREMIUM or (
        brief.tier is Tier.STANDARD and complexity(brief) >= WORTH_THE_LARGE
    )
    return config.large_model if is_large else config.small_model
