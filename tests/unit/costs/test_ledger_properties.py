"""Whatever happens to paid calls, no millionth of a dollar is lost or counted twice."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.costs import intents
from ytempire.domain import Format, Usage
from ytempire.runs import queue, stages
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

PRICES = {
    ("openai/gpt-5.1", "output_token"): Decimal("0.00001"),
    ("openai-batch/gpt-5-mini", "cached_input_token"): Decimal("0.0000000125"),
    ("elevenlabs", "character"): Decimal("0.0001"),
    ("pexels", "call"): Decimal(0),
}
KINDS = {"elevenlabs": "voice", "pexels": "picture"}


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    provider, unit = draw(st.sampled_from(sorted(PRICES)))
    return Usage(
        provider=provider,
        kind=KINDS.get(provider, "script"),
        unit=unit,
        quantity=Decimal(draw(st.integers(0, 3_000))),
        device="remote",
    )


calls = st.tuples(
    usages(), usages(), st.sampled_from(["done", "twice", "void", "lost and bought", "left"])
)


def happens(run: stages.StageRun, number: int, foreseen: Usage, used: Usage, end: str) -> None:
    purchase = f"{run.stage_run_id}/{number}"
    run.intend(purchase, foreseen)
    match end:
        case "void":
            run.void(purchase)
        case "lost and bought":
            run.intend(purchase, foreseen)
            run.settle(purchase, used)
        case "done" | "twice":
            for _ in range(1 + (end == "twice")):
                run.settle(purchase, used)


def booked_of(foreseen: Usage, used: Usage, end: str) -> list[Usage]:
    """What is owed for a call."""
    return {
        "done": [used],
        "twice": [used],
        "void": [],
        "lost and bought": [foreseen, used],
        "left": [foreseen],
    }[end]


def rows(query: str, *values: Any) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


@given(st.lists(calls, min_size=1, max_size=6))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_ledger_is_what_was_owed_to_half_a_millionth_a_line(
    warehouse: None, happened: list[tuple[Usage, Usage, str]]
) -> None:
    name = uuid.uuid4().hex[:8]
    accounts.add(Channel(channel_id=name, youtube_channel_id=None, title="T", niche="sea"))
    queue.put(queue.Request(request_id=name, channel_id=name, topic="The sea", format=Format.SHORT))
    video_id = queue.accept(name)
    run = stages._begin(video_id, "write", "cpu")
    for number, call in enumerate(happened):
        happens(run, number, *call)
    with connect() as db:
        db.execute("update ops.stage_runs set state = 'failed'")
        db.execute("update ops.intents set sent_at = ops.now() - interval '2 hours'")
        intents.expire(db)

    owed = [usage for call in happened for usage in booked_of(*call)]
    exact = sum((PRICES[u.provider, u.unit] * u.quantity for u in owed), Decimal(0))
    [told] = rows(
        """
        select count(*) as lines, coalesce(sum(amount_usd), 0) as usd,
               coalesce(sum(quantity), 0) as quantity
        from ops.ledger where video_id = %s
        """,
        video_id,
    )
    assert told["lines"] == len(owed)
    assert told["quantity"] == sum(usage.quantity for usage in owed)
    assert abs(told["usd"] - exact) <= len(owed) * Decimal("0.0000005")
    assert rows("select 1 from ops.budgets where reserved <> 0") == []
    unlike = rows(
        """
        select scope, name from ops.budgets where unit = 'usd' and spent <> (
            select coalesce(sum(amount_usd), 0) from ops.ledger as line
            join ops.channels as channel using (channel_id)
            where case scope when 'video' then video_id = name
                             when 'channel' then channel_id = name
                             when 'customer' then owner = name
                             when 'provider' then
                                 name = split_part(replace(provider, '-batch', ''), '/', 1)
                             else true end)
        """
    )
    assert unlike == []
