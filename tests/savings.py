"""What each saving is worth: the same requests, replayed against the local OpenAI's bill.

The naive pipeline is what one writes first, and nothing else: each request is asked at once of the
large model, its brief as indented JSON and the rules below it; the judge is asked in the same way.
Nothing is kept, nothing is ordered ahead. Rules, schemas, limits and the SDK are the product's own.
The effects, each alone and all together:

    prompt caching   the rules first, the same to the byte, with the examples that make them long
                     enough to be reused; what varies follows
    result caching   a question that was answered is not asked again
    batching         what a plan knew of is ordered then
    model choice     the small model where tier and brief allow it, and to judge
    token counts     the product's own lines instead of indented JSON; a judge is not told what no
                     viewer hears or reads

All together ask exactly what the product asks. What the model says to a request is the same in all,
whichever model it is. Time is the replay's: the local OpenAI forgets beginnings of prompts as
OpenAI does.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, partial
from itertools import groupby, zip_longest
from pathlib import Path
from typing import Any

from ytempire.config import OpenAI
from ytempire.domain import Script
from ytempire.emulators.openai import ADMIN_KEY
from ytempire.emulators.openai.filling import filled
from ytempire.emulators.openai.scripts import script_for
from ytempire.providers import judges
from ytempire.providers.answer_cache import FolderCache
from ytempire.providers.completions import strict_schema
from ytempire.providers.openai_answers import Question, ask
from ytempire.providers.openai_client import call
from ytempire.providers.writers import Brief, batches
from ytempire.providers.writers.drafts import ScriptDraft, script_of, wanted_seconds, wrong_with
from ytempire.providers.writers.openai_writer import question_for
from ytempire.providers.writers.prompting import messages_for, prompt, rules

from tests.local_openai import LocalOpenAI, PricedNotes, local_openai
from tests.paid_requests import BEGIN, DAYS, SEED, Asked

EFFECTS = ("prompt caching", "result caching", "batching", "model choice", "token counts")
_JUDGED_AFTER, _DAY_S = timedelta(minutes=8), 86_400


@dataclass(frozen=True)
class Bill:
    """What the provider billed: USD by its costs, tokens by its usage report."""

    usd: Decimal
    read: int
    cached: int
    written: int
    requests: int


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        saved_usd: of what the naive pipeline costs, with this alone.
        missed_usd: what all others together cost more than all with it; None: it was not looked at.
    """

    name: str
    bill: Bill
    saved_usd: Decimal
    saved_pct: float
    missed_usd: Decimal | None = None


def table(
    requests: Sequence[Asked],
    run: Callable[..., Iterable[Bill]] = map,
    *,
    is_each_missed: bool = False,
) -> list[Row]:
    """The naive pipeline, each effect apart, all together.

    Args:
        run: `map`, or that of an executor.
        is_each_missed: see also what all but one cost: five replays more.
    """
    apart = [(effect,) for effect in EFFECTS]
    others = [tuple(each for each in EFFECTS if each != effect) for effect in EFFECTS]
    pipelines: list[tuple[str, ...]] = [(), EFFECTS, *apart, *(others if is_each_missed else ())]
    naive, best, *rest = run(partial(replay, requests), pipelines)
    rows = [_row("naive", naive, naive)]
    for effect, bill, without in zip_longest(EFFECTS, rest[: len(EFFECTS)], rest[len(EFFECTS) :]):
        rows.append(_row(effect, bill, naive, without and without.usd - best.usd))
    return [*rows, _row("all together", best, naive)]


def _row(name: str, bill: Bill, naive: Bill, missed: Decimal | None = None) -> Row:
    saved = naive.usd - bill.usd
    return Row(name, bill, saved, float(100 * saved / naive.usd), missed)


def replay(requests: Sequence[Asked], effects: Sequence[str]) -> Bill:
    """Ask everything in its order, with these effects on; what it cost."""
    with tempfile.TemporaryDirectory() as folder, local_openai(Path(folder)) as local:
        pipeline = Pipeline(local, frozenset(effects))
        for at, act in _timetable(requests, pipeline):
            local.state.clock = at.timestamp
            act()
        return _billed(local)


@dataclass
class Pipeline:
    """The product's code, with what is not on done as one would at first."""

    local: LocalOpenAI
    effects: frozenset[str]
    ordered: dict[int, str] = field(default_factory=dict)

    @property
    def config(self) -> OpenAI:
        config = self.local.config
        large = {"small_model": config.large_model}
        return config if "model choice" in self.effects else config.model_copy(update=large)

    def cache(self, asked: Asked) -> FolderCache:
        shared = self.local.folder
        is_shared = "result caching" in self.effects
        return FolderCache(shared if is_shared else shared / str(asked.number))

    def order(self, some: Sequence[Asked]) -> None:
        """Hand in what one plan knows of, a batch for each, as the plan does."""
        for asked in some:
            question = self.script_question(asked.brief)
            for batch in batches.submit([question], self.config, PricedNotes(), self.cache(asked)):
                self.ordered[asked.number] = batch

    def write(self, asked: Asked) -> None:
        """Take what was ordered; ask for the rest. The judge follows when the video is made."""
        notes, kept = PricedNotes(), self.cache(asked)
        question = self.script_question(asked.brief)
        self._say(_draft(asked.brief).model_dump())
        if batch := self.ordered.pop(asked.number, None):
            assert batches.collect(batch, self.config, notes, kept).is_done
        said = ask(self.config, question, ScriptDraft, journal=notes, cache=kept).value
        assert said == _draft(asked.brief)

    def judge(self, asked: Asked) -> None:
        """The judge's opinion of what was written."""
        question = self.judge_question(asked.brief)
        self._say(filled(strict_schema(judges.Judgement), asked.brief.topic))
        ask(self.config, question, judges.Judgement, journal=PricedNotes(), cache=self.cache(asked))

    def script_question(self, brief: Brief) -> Question:
        """The product's question in the order and the words of these effects."""
        product = question_for(brief, self.config)
        task = messages_for(brief)[1][1] if "token counts" in self.effects else _in_full(brief)
        return self._ordered(product, rules(), prompt("script.system").text, task)

    def judge_question(self, brief: Brief) -> Question:
        """The same of the judge."""
        script = _script(brief)
        given = (brief.topic, *(f"{s.title}: {s.views} views" for s in brief.signals))
        product = judges.question_on(script, given, self.config)
        told = {"script": script.model_dump(mode="json"), "given": given}
        full = f"<<<SCRIPT\n{json.dumps(told, indent=2, ensure_ascii=False)}\nSCRIPT>>>"
        task = judges.asked_about(script, given) if "token counts" in self.effects else full
        return self._ordered(product, judges.system(), judges.system(), task)

    def _say(self, content: dict[str, Any]) -> None:
        """Fix what the model will say if it is asked, so that pipelines differ by what they ask."""
        self.local.knobs.next[:] = [{"content": content}]

    def _ordered(self, product: Question, head: str, short_head: str, task: str) -> Question:
        if "prompt caching" in self.effects:
            return replace(product, messages=(("system", head), ("user", task)))
        return replace(product, messages=(("user", f"{task}\n\n{short_head}"),))


@cache
def _draft(brief: Brief) -> ScriptDraft:
    """What the model says to a brief, in every pipeline."""
    draft = ScriptDraft.model_validate(script_for(_in_full(brief), SEED))
    assert not wrong_with(draft, brief), "it would be sent back"
    return draft


@cache
def _script(brief: Brief) -> Script:
    return script_of(_draft(brief), brief)


def _in_full(brief: Brief) -> str:
    """A brief as one writes it down at first: what is asked for, and all that is known."""
    known = brief.model_dump(mode="json", include={"niche", "format", "language", "signals"})
    seconds = wanted_seconds(brief)
    return (
        f"Write the script of one video.\n\nTopic: {brief.topic}\n"
        f"Length: about {round(seconds * 2.5)} spoken words, in {round(seconds / 6.5)} scenes\n\n"
        f"{json.dumps(known, indent=2, ensure_ascii=False)}"
    )


def _timetable(
    requests: Sequence[Asked], pipeline: Pipeline
) -> list[tuple[datetime, Callable[[], None]]]:
    """What is done when: orders where they are made ahead, scripts, judgements."""
    found: list[tuple[datetime, Callable[[], None]]] = []
    if "batching" in pipeline.effects:
        planned = [asked for asked in requests if asked.ordered_at]
        for at, some in groupby(planned, key=lambda asked: asked.ordered_at):
            assert at is not None
            found.append((at, partial(pipeline.order, list(some))))
    for asked in requests:
        found.append((asked.at, partial(pipeline.write, asked)))
        found.append((asked.at + _JUDGED_AFTER, partial(pipeline.judge, asked)))
    return sorted(found, key=lambda each: each[0])


def _billed(local: LocalOpenAI) -> Bill:
    """The bill as an organisation's administrator reads it, by the SDK."""
    span: dict[str, Any] = {"start_time": int(BEGIN.timestamp()), "limit": DAYS + 3}
    span["end_time"] = span["start_time"] + span["limit"] * _DAY_S

    def asked(what: Callable[[Any], Any]) -> list[Any]:
        page = call(
            local.config,
            lambda sdk: what(sdk.with_options(admin_api_key=ADMIN_KEY).admin.organization.usage),
        )
        assert not page.has_more
        return [result for bucket in page.data for result in bucket.results]

    costs = asked(lambda usage: usage.costs(group_by=["line_item"], **span))
    usage = asked(lambda usage: usage.completions(**span))
    return Bill(
        usd=sum((Decimal(str(each.amount.value)) for each in costs), Decimal(0)),
        read=sum(each.input_tokens for each in usage),
        cached=sum(each.input_cached_tokens for each in usage),
        written=sum(each.output_tokens for each in usage),
        requests=sum(each.num_model_requests for each in usage),
    )
