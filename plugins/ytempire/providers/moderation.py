"""To have texts looked at by a moderator: the Protocol, and OpenAI's moderation endpoint.

OpenAI bills nothing for it; its requests are counted all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol

from pydantic import Field

from ytempire.config import OpenAI as Config
from ytempire.domain import Frozen, Usage
from ytempire.errors import MalformedAnswer
from ytempire.providers import openai_client

#: Texts in one request, and characters of one text: long ones are cut into pieces.
_BATCH, _LONGEST = 32, 6_000
#: Below the first score nothing is said; from the second on a concern is severe. OpenAI's own flag
#: is kept for neither: news and history are flagged for violence at about 0.5.
_WARN, _SEVERE = 0.45, 0.85
#: OpenAI's categories (platform.openai.com/docs/guides/moderation) in the guidelines' words.
CATEGORIES = {
    "harassment": "harassment",
    "harassment/threatening": "violence",
    "hate": "hate",
    "hate/threatening": "hate",
    "illicit": "regulated",
    "illicit/violent": "dangerous",
    "self-harm": "self_harm",
    "self-harm/intent": "self_harm",
    "self-harm/instructions": "self_harm",
    "sexual": "sexual",
    "sexual/minors": "child_safety",
    "violence": "violence",
    "violence/graphic": "violence",
}
#: These describe as often as they incite: told history meets them. They never block by themselves.
_DESCRIPTIVE = frozenset({"violence", "violence/graphic", "self-harm", "illicit"})
#: Where a smaller score is already too much.
_STRICT = {"sexual/minors": 0.3}


class Concern(Frozen):
    """What a moderator sees in a text.

    Attributes:
        category: in the guidelines' words, as `PolicyFinding.category`.
        label: the moderator's own word for it.
    """

    category: str
    severity: Literal["severe", "warn"]
    label: str
    score: float = Field(ge=0, le=1)


class Moderation(Protocol):
    """Something that looks at texts."""

    name: str

    def moderate(self, texts: Sequence[str]) -> tuple[tuple[tuple[Concern, ...], ...], list[Usage]]:
        """The concerns of each text, in their order, and what asking consumed.

        Raises:
            KeyRejected, ProviderUnavailable, ProviderRefused, MalformedAnswer.
        """
        ...


class OpenAIModeration:
    """OpenAI's moderation endpoint, or that of a server that speaks its protocol."""

    name = "openai"

    def __init__(self, config: Config) -> None:
        self._config = config

    def moderate(self, texts: Sequence[str]) -> tuple[tuple[tuple[Concern, ...], ...], list[Usage]]:
        """See `Moderation.moderate`."""
        pieces = [
            (index, text[start : start + _LONGEST])
            for index, text in enumerate(texts)
            for start in range(0, len(text), _LONGEST)
        ]
        worst: list[dict[str, float]] = [{} for _ in texts]
        requests = 0
        for start in range(0, len(pieces), _BATCH):
            batch = pieces[start : start + _BATCH]
            answers = self._ask([text for _, text in batch])
            requests += 1
            for (index, _), scores in zip(batch, answers, strict=True):
                for label, score in scores.items():
                    worst[index][label] = max(score, worst[index].get(label, 0.0))
        usage = Usage(
            provider="openai",
            kind="moderation",
            unit="request",
            quantity=Decimal(requests),
            device="remote",
        )
        return tuple(concerns(scores) for scores in worst), [usage]

    def _ask(self, texts: list[str]) -> list[dict[str, float]]:
        model = self._config.moderation_model
        answer = openai_client.call(
            self._config,
            lambda sdk: sdk.moderations.create(model=model, input=texts),
            is_billed=False,
        )
        return _scores(answer, len(texts))


def moderator(config: Config) -> Moderation | None:
    """The moderator that is configured; None: the rules decide alone."""
    if openai_client.is_configured(config) and config.moderation_model:
        return OpenAIModeration(config)
    return None


def concerns(scores: Mapping[str, float]) -> tuple[Concern, ...]:
    """What scores by OpenAI's categories mean; categories we do not know are left out."""
    found = []
    for label, score in scores.items():
        category = CATEGORIES.get(label)
        if category is None or score < _STRICT.get(label, _WARN):
            continue
        is_severe = label not in _DESCRIPTIVE and score >= _STRICT.get(label, _SEVERE)
        found.append(
            Concern(
                category=category,
                severity="severe" if is_severe else "warn",
                label=label,
                score=min(score, 1.0),
            )
        )
    return tuple(found)


def _scores(answer: Any, wanted: int) -> list[dict[str, float]]:
    """The category scores of an answer, checked: it is a stranger's JSON."""
    results = getattr(answer, "results", None)
    if not isinstance(results, list) or len(results) != wanted:
        raise MalformedAnswer(f"The moderator answered {results and len(results)} of {wanted}.")
    found = []
    for result in results:
        scores = getattr(result, "category_scores", None)
        by_label: Any = scores
        if scores is not None and hasattr(scores, "model_dump"):
            by_label = scores.model_dump(by_alias=True)
        if not isinstance(by_label, dict) or not by_label:
            raise MalformedAnswer("The moderator's answer has no category scores.")
        known = {k: v for k, v in by_label.items() if v is not None}
        if not all(isinstance(v, int | float) and 0 <= v <= 1 for v in known.values()):
            raise MalformedAnswer("The moderator's scores are not numbers from 0 to 1.")
        found.append({label: float(score) for label, score in known.items()})
    return found
