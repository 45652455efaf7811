"""A video is forgotten: found nowhere any more, no total moves, and the ledger is whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner
from ytempire.channels.forgetting import forget_video
from ytempire.cli import app
from ytempire.config import settings
from ytempire.costs.audit import audit
from ytempire.errors import BadData, InvalidInput
from ytempire.providers.answer_cache import FolderCache, Kept
from ytempire.runs import artifacts
from ytempire.warehouse import clock, transform
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BEFORE = datetime(2026, 10, 10, 12, 30, tzinfo=UTC)
#: Names and words of the video that goes, wherever they stand.
WORDS = r"\m(v2|yt2|[Ee]els)\M"
STAMPS = {"ops_as_of", "built_at"}
TOTALS = (
    "select * from marts.rpt_executive_days order by day",
    "select * from marts.fct_channel_days order by channel_id, day",
    "select channel_id, format, tier, sum(revenue_usd) as revenue, sum(loaded_cost_usd) as cost, "
    "sum(views) as views, count(*) as n from marts.fct_video_economics group by 1, 2, 3 "
    "order by 1, 2, 3",
    "select cost_month, channel_id, cost_type, sum(amount_usd) as usd from marts.fct_cost_lines "
    "group by 1, 2, 3 order by 1, 2, 3",
    "select stage, state, count(*) as n, sum(run_s) as run_s, sum(cost_usd) as usd "
    "from marts.fct_stage_runs group by 1, 2 order by 1, 2",
    "select * from marts.fct_gpu_hours order by device, hour",
    "select * from marts.rpt_mrr_months order by month",
)


def rows(query: str, values: Any = None) -> list[dict[str, Any]]:
    with connect() as db:
        return db.execute(query, values).fetchall()


def totals() -> list[list[dict[str, Any]]]:
    return [
        [{name: value for name, value in row.items() if name not in STAMPS} for row in rows(query)]
        for query in TOTALS
    ]


def found_anywhere() -> list[str]:
    """Tables of which a row has one of the words in any column, whatever its type."""
    tables = rows(
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname in ('ops', 'raw', 'raw_months', 'snapshots', 'staging', 'intermediate', "
        "'marts')"
    )
    return [
        table["name"]
        for table in tables
        if rows(f"select 1 from {table['name']} as row where row::text ~ %s limit 1", (WORDS,))
    ]


def files() -> list[Path]:
    return sorted(each for each in settings().home.rglob("*v2*/*") if each.is_file())


def answers_folder() -> Path:
    return settings().home / "cache" / "answers"


def answers() -> list[str]:
    return sorted(each.name[:1] for each in answers_folder().rglob("*.json"))


SAID = """
    update raw.ad_spend set campaign = 'Fish' where campaign = 'Eels';  -- another thing's word
    insert into ops.scripts (video_id, channel_id, title, body, language, is_own_words)
    values ('v2', 'tidewise', 'Eels', 'Eels swim far.', 'en', true);
    insert into ops.fallbacks (stage_run_id, capability, wanted, used, reason)
    values ('s3', 'write', 'openai', 'offline', 'no answer about eels');
    insert into ops.intents (intent_id, purchase, number, stage_run_id, provider, kind, state,
                             foreseen, reservations)
    values ('script/v2#1', 'script/v2', 1, 's3', 'openai', 'script', 'done', '[]',
            '[{"scope": "video", "name": "v2", "amount": "1"}]'),
           (repeat('a', 64) || '#1', repeat('a', 64), 1, 's3', 'openai', 'script', 'done', '[]',
            '[]'),
           (repeat('b', 64) || '#1', repeat('b', 64), 1, 's3', 'openai', 'script', 'done', '[]',
            '[]'),
           (repeat('b', 64) || '#2', repeat('b', 64), 2, 's1', 'openai', 'script', 'done', '[]',
            '[]');
    insert into ops.ledger (line_id, stage_run_id, video_id, channel_id, intent_id, provider, kind,
                            unit, quantity, unit_price_usd, amount_usd, price_version, is_simulated,
                            booked_at) overriding system value
    values (1000, 's3', 'v2', 'tidewise', 'script/v2#1', 'openai', 'script', 'token', 10, 0.001,
            0.01, 'p1', true, '2026-10-03T20:00Z');
    insert into ops.budgets (scope, name, period, begins, unit, cap, spent)
    values ('video', 'v2', 'life', '0001-01-01', 'usd', 1, 0);
    insert into ops.policy_findings (video_id, content, category, severity, field, excerpt, rule,
                                     found_by, confidence)
    values ('v2', 'c', 'shock', 'warn', 'title', 'Eels', 'r', 'rule', 1);
    insert into ops.channel_events (channel_id, kind, severity, video_id, detail)
    values ('tidewise', 'video_removed', 'info', 'v2', 'Eels is gone.');
    insert into ops.alerts (cause, kind, severity, title, body)
    values ('budget-warning/video/v2', 'budget_warning', 'warning', 'video v2: $1', 'See v2.');
    insert into raw.rejects (source, table_name, run_id, reason, body, fetched_at)
    values ('youtube', 'youtube_video_days', 'r', 'views: below 0', '{"video": "yt2"}', ops.now());
    insert into raw.trend_signals (run_id, fetched_at, niche, topic, youtube_video_id, title)
    values ('t', ops.now(), 'ocean', 'Eels', 'yt2', 'Eels');
    insert into ops.experiments (experiment_id, kind, hypothesis, setting, outcome, units, looks,
                                 alpha, planned_by, state)
    values ('boxed', 'setting', 'A box helps.', 'captions', 'views_7d', 40, 1, 0.05, 'a',
            'planned'),
           ('youtube-v2-title-2026-10-01', 'imported', 'Another title of v2.', 'title',
            'watch_time_share', null, null, null, 'a', 'ended');
    insert into ops.experiment_variants (experiment_id, variant, place, share)
    values ('boxed', 'control', 0, 0.5), ('youtube-v2-title-2026-10-01', 'Eels', 0, 0.5);
    insert into ops.experiment_units values ('boxed', 'v2', 'control');
"""


@pytest.fixture(scope="module")
def told(business: None) -> Iterator[dict[str, Any]]:
    """Everything about a video that YouTube has removed, then nothing of it."""
    said: dict[str, Any] = {}
    with clock.replayed(BEFORE):
        with connect() as db:
            db.execute(SAID)
        (artifacts.workshop("v2") / "notes.txt").write_text("Eels")
        cut = artifacts.workshop("v2") / "cut.mp4"
        cut.write_bytes(b"Eels")
        artifacts.save("v2", "cut", cut)
        cache = FolderCache(answers_folder())
        for key in ("a" * 64, "b" * 64, "a" * 64):
            cache.reject(key)  # an earlier answer that could not be used
            cache.put(key, Kept(raw="Eels swim far."))
        transform.build(everything=True)
        said["totals"], said["found"], said["files"] = totals(), found_anywhere(), files()
        said["told"] = forget_video("v2", for_good=False)
        said["found then"], said["files then"] = found_anywhere(), files()
        said["answers then"] = answers()
        said["done"] = forget_video("v2", for_good=True)
    with clock.replayed(BEFORE + timedelta(hours=1)):
        transform.build(everything=True)  # with every invariant
    yield said


def test_what_is_told_before_is_what_is_done(told: dict[str, Any]) -> None:
    assert told["told"].changed == told["done"].changed
    assert told["found then"] == told["found"] and told["files then"] == told["files"]
    changed = told["done"].changed
    assert changed["ops.ledger"] == 2 and changed["files"] == len(told["files"]) == 3
    assert changed["ops.fallbacks"] == changed["ops.scripts"] == changed["raw.rejects"] == 1


def test_nothing_of_it_is_found_anywhere(told: dict[str, Any]) -> None:
    assert len(told["found"]) > 20
    assert found_anywhere() == []
    for table in ("ops.requests", "ops.stage_runs", "ops.ledger", "ops.intents", "ops.gpu_samples"):
        assert rows(rf"select 1 from {table} as row where row::text ~ '\m(r2|s3)\M'") == [], table
    assert files() == []


def test_answers_that_it_alone_was_paid_for_go(told: dict[str, Any]) -> None:
    assert told["answers then"] == ["a", "a", "b"]
    assert told["done"].changed["answers"] == 2
    assert answers() == ["b"], "another video has asked the same"


def test_no_total_moves_by_a_cent(told: dict[str, Any]) -> None:
    for query, before, after in zip(TOTALS, told["totals"], totals(), strict=True):
        assert after == before, query
    assert sum(row["revenue"] or 0 for row in told["totals"][2]) > 0


def test_the_ledger_is_whole_and_says_that_it_was_sealed_anew(told: dict[str, Any]) -> None:
    name = told["done"].name
    with connect() as db:
        assert audit(db, video_id=name) == []
    (seal,) = rows("select * from ops.seals")
    (kept,) = rows(
        "select count(*)::integer as lines, sum(amount_usd) as amount_usd from ops.ledger "
        "where video_id = %s",
        (name,),
    )
    assert (
        {key: seal[key] for key in kept} == kept == {"lines": 2, "amount_usd": kept["amount_usd"]}
    )
    assert seal["video_id"] == name and seal["was"] != seal["is_now"]
    with pytest.raises(Exception, match="never changed"), connect() as db:
        db.execute("update ops.ledger set amount_usd = 0 where video_id = %s", (name,))


def test_what_runs_or_is_shown_stays(told: dict[str, Any]) -> None:
    for video, why in (("v4", "is narrated"), ("v1", "still shows")):
        with pytest.raises(InvalidInput, match=why):
            forget_video(video, for_good=True)
    assert len(rows("select from ops.videos where video_id in ('v1', 'v4')")) == 2


def test_an_edited_ledger_is_not_sealed_over(told: dict[str, Any]) -> None:
    with connect() as db:
        db.execute("alter table ops.ledger disable trigger keep_line")
        db.execute("update ops.ledger set amount_usd = 0.04 where line_id = 4")
        db.execute("alter table ops.ledger enable trigger keep_line")
    with pytest.raises(BadData, match="Line 4 of v3 was edited"):
        forget_video("v3", for_good=True)


def test_asked_again_it_is_the_same(told: dict[str, Any]) -> None:
    for name in ("v2", told["done"].name, "../v2"):
        assert forget_video(name, for_good=True).name is None
    answer = CliRunner().invoke(app, ["forget", "video", "v2", "--yes"])
    assert (answer.exit_code, answer.output) == (0, "Nothing of v2 is here.\n")
