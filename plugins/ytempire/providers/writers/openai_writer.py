"""The writer at OpenAI, or at any server that speaks its protocol."""

from __future__ import annotations

from ytempire.config import OpenAI as Config
from ytempire.domain import Format, Script
from ytempire.errors import InvalidScript, ProviderRefused
from ytempire.journal import Journal
from ytempire.providers.answer_cache import AnswerCache
from ytempire.providers.openai_answers import Question, ask
from ytempire.providers.voices import is_speakable
from ytempire.providers.writers import Brief
from ytempire.providers.writers.drafts import ScriptDraft, script_of, wrong_with
from ytempire.providers.writers.models import model_for
from ytempire.providers.writers.prompting import leaks, messages_for

#: Room for the answer and for what a reasoning model thinks before it.
_MOST_TOKENS = {Format.SHORT: 8_000, Format.WIDE: 20_000}


class OpenAIWriter:
    """Asks a model for a script, bound to a schema and checked.

    Args:
        cache: where answers are kept: a brief is not paid for twice.
    """

    def __init__(self, config: Config, cache: AnswerCache) -> None:
        self._config, self._cache = config, cache

    def write(self, brief: Brief, journal: Journal) -> Script:
        """See `Writer.write`.

        Raises:
            NotConfigured, KeyRejected, ProviderUnavailable, MalformedAnswer: see `ask`.
            ProviderRefused: the model declines, or gave its instructions away instead.
        """

        def wrong(draft: ScriptDraft) -> str:
            if leaks(draft.model_dump_json()):
                raise ProviderRefused(
                    "The model answered with its own instructions instead of a script.",
                    "A title or comment of the brief probably asked for them; leave it out.",
                )
            return wrong_with(draft, brief)

        question = question_for(brief, self._config)
        answer = ask(
            self._config, question, ScriptDraft, journal=journal, cache=self._cache, wrong=wrong
        )
        return script_of(answer.value, brief)


def question_for(brief: Brief, config: Config) -> Question:
    """What is asked for a brief, and of which model.

    Raises:
        InvalidScript: the brief has neither topic nor signals.
    """
    if not is_speakable(brief.topic) and not brief.signals:
        raise InvalidScript(
            "There is nothing to write about: the brief has neither a topic nor a trend.",
            "Name a topic in the request, or write the script yourself.",
        )
    return Question(
        kind="script",
        model=model_for(brief, config),
        messages=messages_for(brief),
        most_tokens=_MOST_TOKENS[brief.format],
    )
