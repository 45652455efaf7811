"""A brief becomes a script: the right writer, the one behind it, and nothing said twice.

A person's own words are taken as they stand. Else the model writes, when there is a key for it,
and the trend teller when there is none, or when the model fails and there are trends to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ytempire.config import OpenAI as Config
from ytempire.config import settings
from ytempire.domain import Fallback, Script
from ytempire.errors import (
    InvalidScript,
    MalformedAnswer,
    ProviderRefused,
    ProviderUnavailable,
    QuotaExhausted,
    TooAlike,
)
from ytempire.journal import Journal
from ytempire.providers.answer_cache import AnswerCache, FolderCache
from ytempire.providers.openai_client import is_configured
from ytempire.providers.writers import Brief, batches
from ytempire.providers.writers.batches import Collected
from ytempire.providers.writers.models import model_for
from ytempire.providers.writers.openai_writer import OpenAIWriter, question_for
from ytempire.providers.writers.own_words import OwnWords
from ytempire.providers.writers.trend_teller import TrendTeller, tells
from ytempire.studio.variety import Previous, Resemblance, closest

#: Rewrites of a script that is too close to an earlier one: by a model, which is paid for each,
#: and by the trend teller, whose phrases repeat and whose tries are free.
REWRITES, FREE_REWRITES = 2, 10
#: What the fallback chain is for; a rejected key or a missing price is a person's to mend.
_PASSES_ON = (ProviderUnavailable, ProviderRefused, QuotaExhausted, MalformedAnswer)
_GIST_CHARACTERS = 220


def write_script(
    brief: Brief,
    previous: Sequence[Previous],
    journal: Journal,
    cache_folder: Path,
    *,
    openai: Config | None = None,
) -> Script:
    """The script of a brief, unlike the channel's last videos.

    Args:
        previous: the channel's videos, newest first; the first 50 count.
        cache_folder: where paid answers are kept.
        openai: None: as the settings have it.

    Raises:
        InvalidScript: the brief holds nothing to write from.
        TooAlike: it repeats an earlier video after every rewrite.
        KeyRejected, NotConfigured: of the model; a person must mend it.
        ProviderUnavailable, ProviderRefused, MalformedAnswer, QuotaExhausted: the model failed,
            and there are no trends to tell instead.
    """
    if brief.text:
        journal.progress(0.1, "reading your own words")
        return OwnWords().write(brief, journal)
    config = openai or settings().openai
    if is_configured(config):
        try:
            return _by_model(brief, previous, journal, FolderCache(cache_folder), config)
        except _PASSES_ON as error:
            if not _can_tell(brief):
                raise
            model = model_for(brief, config)
            journal.fell_back(
                Fallback(
                    capability="script",
                    wanted=f"openai/{model}",
                    used="trend teller",
                    reason=error.message,
                )
            )
    elif not brief.signals:
        raise InvalidScript(
            "There is nothing to write the script with: no text, no trend, and no model.",
            "Write the script yourself, pull the trend feed, or set YTEMPIRE_OPENAI__API_KEY.",
        )
    return _by_trends(brief, previous, journal)


def plan_scripts(
    briefs: Sequence[Brief],
    journal: Journal,
    cache_folder: Path,
    *,
    request_id: str = "",
    openai: Config | None = None,
) -> tuple[str, ...]:
    """Have scripts written within a day at half the price; `write_script` then finds them.

    Args:
        request_id: whose scripts they are; it stands with the batch at OpenAI.

    Returns:
        Ids for `collect_scripts`, one for each model; none when every answer is there already.

    Raises:
        InvalidScript: a brief holds nothing to write from; nothing was sent.
        NotConfigured, KeyRejected, ProviderRefused, ProviderUnavailable: see `batches.submit`.
    """
    cache = FolderCache(cache_folder)
    config = openai or settings().openai
    questions = [question_for(brief, config) for brief in briefs]
    return batches.submit(questions, config, journal, cache, request_id=request_id)


def collect_scripts(
    batch_id: str, journal: Journal, cache_folder: Path, *, openai: Config | None = None
) -> Collected:
    """Fetch what a batch has written, and book it. Safe to call again."""
    return batches.collect(
        batch_id, openai or settings().openai, journal, FolderCache(cache_folder)
    )


def cancel_scripts(
    batch_id: str, journal: Journal, cache_folder: Path, *, openai: Config | None = None
) -> Collected:
    """Have a batch stop; fetch and book what it has written. It may take ten minutes to end.

    Raises:
        InvalidInput: there is no such batch.
    """
    batches.cancel(batch_id, openai or settings().openai)
    return collect_scripts(batch_id, journal, cache_folder, openai=openai)


def _by_model(
    brief: Brief,
    previous: Sequence[Previous],
    journal: Journal,
    cache: AnswerCache,
    config: Config,
) -> Script:
    writer = OpenAIWriter(config, cache)
    for written in range(REWRITES + 1):
        journal.progress(0.1 + 0.3 * written, f"writing, try {written + 1}")
        script = writer.write(brief, journal)
        found = closest(script, previous)
        if found is None or not found.is_too_close:
            return script
        brief = _avoiding(brief, script, found)
    raise _too_alike(found)


def _by_trends(brief: Brief, previous: Sequence[Previous], journal: Journal) -> Script:
    """Its vocabulary is small by design, so only what is said again counts against it."""
    writer = TrendTeller()
    for _ in range(FREE_REWRITES + 1):
        script = writer.write(brief, journal)
        found = closest(script, previous)
        if found is None or not found.is_recycled:
            return script
        brief = _avoiding(brief, script, found)
    raise _too_alike(found)


def _can_tell(brief: Brief) -> bool:
    return bool(brief.signals and brief.topic) and tells(brief.language)


def _avoiding(brief: Brief, script: Script, found: Resemblance) -> Brief:
    """The brief of a rewrite: it knows the earlier video, and the try that was too close."""
    earlier = f"{found.previous.title}: {found.previous.text[:_GIST_CHARACTERS]}"
    tried = f"{script.title}: {script.text[:_GIST_CHARACTERS]}"
    # Two tries that are the same are both listed, so that the next one is another question.
    return brief.model_copy(update={"avoid": (*brief.avoid, earlier, tried)})


def _too_alike(found: Resemblance | None) -> TooAlike:
    assert found is not None
    return TooAlike(
        f"The script is too close to an earlier video after every rewrite: {found.in_words}.",
        "Ask for another topic or angle, or write the script yourself: own words are taken as "
        "they stand.",
    )
