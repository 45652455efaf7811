"""What each stage of a video is expected to consume at each tier; list prices make money of it.

The rates are of one core and one card as `make bench ONLY=studio` has measured them, rounded; what
they are off by on another machine is learnt (`costs.forecast`).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from ytempire.config import settings
from ytempire.domain import Frozen, Script, Tier, Usage
from ytempire.providers.completions import estimated_tokens
from ytempire.providers.judges import system as judge_rules
from ytempire.providers.openai_client import is_configured
from ytempire.providers.voices.elevenlabs import ElevenLabs, model_of
from ytempire.providers.writers import Brief
from ytempire.providers.writers.cutting import CHARACTERS_PER_S, LONGEST_S, seconds_of
from ytempire.providers.writers.drafts import wanted_seconds
from ytempire.providers.writers.models import model_for
from ytempire.providers.writers.prompting import messages_for

#: Of an answer: tokens for each character of its narration, and beside them.
_TOKENS_PER_CHARACTER, _TOKENS_BESIDE, _OPINION_TOKENS = 0.4, 350, 350
#: Machine seconds: for a second of video, for a picture, and for what is always there.
_ENCODED, _SPOKEN, _CHECKED, _PAINTED, _ALWAYS = 0.6, 0.05, 0.08, 0.7, 1.0
#: Seconds of a step of SDXL.
_STEP_S = {"cuda": 0.1, "cpu": 12.0}
#: What ElevenLabs bills of a character to its cheaper models.
_CHEAPER = {"flash": Decimal("0.5"), "turbo": Decimal("0.5")}


class Work(Frozen):
    """A video as far as it is known.

    Attributes:
        script: None as long as none is written; its length is then what is wanted.
    """

    brief: Brief
    script: Script | None = None

    @property
    def seconds(self) -> float:
        if self.script is not None:
            return sum(seconds_of(scene.narration) for scene in self.script.scenes)
        text = self.brief.text
        return seconds_of(text) if text else wanted_seconds(self.brief)

    @property
    def characters(self) -> int:
        text = self.script.text if self.script is not None else self.brief.text
        return len(text) or round(self.seconds * CHARACTERS_PER_S)

    @property
    def scenes(self) -> int:
        return len(self.script.scenes) if self.script else max(4, round(self.seconds / LONGEST_S))

    def expected(self, stage: str, tier: Tier) -> Sequence[Usage]:
        """What a stage is expected to consume at a tier."""
        match stage:
            case "write":
                return (*self._script(tier), _machine("compute", _ALWAYS))
            case "narrate":
                return (*self._voice(tier), _machine("voice", _ALWAYS + _SPOKEN * self.seconds))
            case "paint":
                return self._pictures(tier)
            case "assemble":
                return (_machine("render", _ALWAYS + _ENCODED * self.seconds),)
            case "check":
                return (*self._opinion(), _machine("check", _ALWAYS + _CHECKED * self.seconds))
        return (_machine("compute", 2 * _ALWAYS),)

    def _script(self, tier: Tier) -> Sequence[Usage]:
        config = settings().openai
        if self.brief.text or not is_configured(config):
            return ()
        brief = self.brief.model_copy(update={"tier": tier})
        read = estimated_tokens(*(text for _, text in messages_for(brief)))
        return _tokens("script", model_for(brief, config), read, self._told() + _TOKENS_BESIDE)

    def _opinion(self) -> Sequence[Usage]:
        config = settings().openai
        if not is_configured(config):
            return ()
        read = estimated_tokens(judge_rules()) + self._told()
        return _tokens("judge", config.small_model, read, _OPINION_TOKENS)

    def _told(self) -> int:
        return round(self.characters * _TOKENS_PER_CHARACTER)

    def _voice(self, tier: Tier) -> Sequence[Usage]:
        model = model_of(tier)
        given = settings().elevenlabs.api_key
        if given is None or model is None or not ElevenLabs.speaks(self.brief.language, model):
            return ()
        share = next((share for name, share in _CHEAPER.items() if name in model), Decimal(1))
        return (
            Usage(
                provider="elevenlabs",
                kind="voice",
                unit="character",
                quantity=self.characters * share,
                device="remote",
            ),
        )

    def _pictures(self, tier: Tier) -> Sequence[Usage]:
        chosen = settings().sdxl
        if tier is Tier.ECONOMY or not (chosen.weights or chosen.host):
            return (_machine("picture", self.scenes * _PAINTED),)
        device = "cpu" if chosen.device == "cpu" else "cuda"
        elapsed = self.scenes * chosen.steps * _STEP_S[device]
        return (Usage.seconds("sdxl", "picture", elapsed, device),)


def _machine(kind: str, elapsed: float) -> Usage:
    return Usage.seconds("machine", kind, elapsed)


def _tokens(kind: str, model: str, read: int, written: int) -> Sequence[Usage]:
    return [
        Usage(
            provider=f"openai/{model}",
            kind=kind,
            unit=unit,
            quantity=Decimal(count),
            device="remote",
        )
        for unit, count in (("input_token", read), ("output_token", written))
    ]
