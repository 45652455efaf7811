"""Moderation by a small list of words: enough to see each category come and go."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from ytempire.emulators.openai.refusals import refused
from ytempire.emulators.openai.state import State

#: Category -> words and phrases that score high in it.
WORDS: dict[str, tuple[str, ...]] = {
    "harassment": ("you are worthless", "you idiot", "pathetic loser"),
    "harassment/threatening": ("i will find you", "watch your back"),
    "hate": ("subhuman", "are vermin", "inferior race"),
    "hate/threatening": ("exterminate them", "drive them all out"),
    "illicit": ("how to make meth", "launder money", "pick a lock to steal", "counterfeit cash"),
    "illicit/violent": ("build a bomb", "make a pipe bomb", "untraceable gun"),
    "self-harm": ("cut myself", "end my life", "kill yourself"),
    "self-harm/intent": ("i want to die", "i will end my life"),
    "self-harm/instructions": ("painless way to die", "how to kill yourself"),
    "sexual": ("explicit sex", "pornographic"),
    "sexual/minors": ("sexual child", "underage sex"),
    "violence": ("kill him", "stab", "behead", "massacre them", "shoot them"),
    "violence/graphic": ("entrails", "severed head", "pool of blood"),
}
_HIGH, _LOW, _FLAGGED = 0.93, 0.0004, 0.5


async def moderations(request: Request, state: State) -> Response:
    """POST /v1/moderations, for a text or a list of them."""
    asked = await request.json()
    given = asked.get("input")
    texts = [given] if isinstance(given, str) else given
    if not texts or not isinstance(texts, list):
        return refused(400, "'input' is a text, or a list of texts.", param="input")
    model = asked.get("model", "omni-moderation-latest")
    if model not in state.knobs.models:
        return refused(404, f"The model `{model}` does not exist.", code="model_not_found")
    results = [_result(_text(each), state) for each in texts]
    return JSONResponse({"id": state.new_id("modr"), "model": model, "results": results})


def _result(text: str, state: State) -> dict[str, Any]:
    lowered = " ".join(text.casefold().split())
    scores = {
        category: _HIGH if any(_has(lowered, words) for words in listed) else _LOW
        for category, listed in WORDS.items()
    }
    if state.knobs.scores:
        scores |= state.knobs.scores.pop(0)
    found = {category: score >= _FLAGGED for category, score in scores.items()}
    return {
        "flagged": any(found.values()),
        "categories": found,
        "category_scores": scores,
        "category_applied_input_types": {category: ["text"] for category in scores},
    }


def _has(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", text) is not None


def _text(each: Any) -> str:
    return each if isinstance(each, str) else str(each.get("text", ""))
