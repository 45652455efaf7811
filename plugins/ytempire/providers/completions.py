"""A chat completion as any OpenAI-compatible server sends it, and the schema it is bound to."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ytempire.errors import MalformedAnswer

#: Strict schemas know no lengths, defaults or titles; what they cannot say is checked afterwards.
_UNKNOWN_TO_STRICT = frozenset({"title", "default", "minLength", "maxLength", "examples"})


class _Theirs(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Details(_Theirs):
    cached_tokens: int | None = Field(default=0, ge=0)


class _Counted(_Theirs):
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    prompt_tokens_details: _Details | None = None


class _Message(_Theirs):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Theirs):
    message: _Message
    finish_reason: str | None = None


class _Billed(_Theirs):
    """What an answer says of its cost."""

    usage: _Counted | None = None

    @property
    def tokens(self) -> tuple[int, int, int] | None:
        """Tokens read, how many of those came from the provider's cache, and written."""
        if self.usage is None:
            return None
        details = self.usage.prompt_tokens_details
        cached = min((details and details.cached_tokens) or 0, self.usage.prompt_tokens)
        return self.usage.prompt_tokens, cached, self.usage.completion_tokens


class Completion(_Billed):
    """The first choice of a completion."""

    choices: tuple[_Choice, ...] = Field(min_length=1)

    @classmethod
    def read(cls, raw: str) -> Completion:
        """A completion from its JSON.

        Raises:
            MalformedAnswer: it is none.
        """
        try:
            return cls.model_validate_json(raw)
        except ValidationError as error:
            first = error.errors()[0]
            raise MalformedAnswer(
                f"OpenAI's answer is not a chat completion: {first['msg']}"[:300],
                "Is YTEMPIRE_OPENAI__BASE_URL the address of an OpenAI-compatible server?",
            ) from error

    @property
    def text(self) -> str:
        return self.choices[0].message.content or ""

    @property
    def declined(self) -> str:
        """Why the model will not answer; "" when it does."""
        choice = self.choices[0]
        if choice.message.refusal:
            return choice.message.refusal
        return "its content filter stopped it" if choice.finish_reason == "content_filter" else ""

    @property
    def is_cut(self) -> bool:
        return self.choices[0].finish_reason == "length"


def tokens_in(raw: str) -> tuple[int, int, int] | None:
    """The tokens that an answer counts, also where it is no completion; None: it does not."""
    try:
        return _Billed.model_validate_json(raw).tokens
    except ValidationError:
        return None


def estimated_tokens(*texts: str) -> int:
    """About how many tokens texts are, rather more than fewer: English has 4 to 5 bytes to a
    token of o200k_base, Japanese about 4, and a message has a few of its own."""
    return sum(-(-len(text.encode()) // 3) + 8 for text in texts)


@cache
def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """A model's JSON schema in the strict subset: every field required, none beside them.

    It is made once, and not to be changed.
    """
    strict = _strict(model.model_json_schema())
    assert isinstance(strict, dict)
    return strict


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    # Below `properties` and `$defs` the keys are names, not keywords.
    kept = {
        key: {name: _strict(each) for name, each in value.items()}
        if key in ("properties", "$defs")
        else _strict(value)
        for key, value in node.items()
        if key not in _UNKNOWN_TO_STRICT
    }
    if kept.get("type") == "object":
        kept["additionalProperties"] = False
        kept["required"] = list(kept.get("properties", {}))
    return kept
