"""Every rule of the landing is kept by good rows and broken by a bad one, which is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from ytempire.errors import BadData
from ytempire.warehouse.database import connect
from ytempire.warehouse.expectations import CONTEXT, validate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

TAMPERING = Path(__file__).parents[1] / "fixtures" / "tampered_landing.sql"
SUITES = [json.loads(path.read_text()) for path in sorted((CONTEXT / "suites").glob("*.json"))]
RULES = [
    f"raw.{suite['name']}: {expectation['meta']['rule']};"
    for suite in SUITES
    for expectation in suite["expectations"]
    if not expectation["meta"].get("is_noted_only")
]


def test_every_table_that_lands_has_rules(warehouse: None) -> None:
    with connect() as db:
        landed = db.execute("select tablename from pg_tables where schemaname = 'raw'").fetchall()
    assert {row["tablename"] for row in landed} == {suite["name"] for suite in SUITES}


def test_an_empty_landing_breaks_no_rule(warehouse: None) -> None:
    validate()


def test_what_is_odd_is_noted_and_stops_nothing(business: None) -> None:
    with connect() as db:
        db.execute(
            "insert into raw.youtube_reach_days (run_id, fetched_at, channel_id, youtube_video_id, "
            "day, impressions, ctr, report_id, reported_at, is_simulated) "
            "values ('odd', '2026-10-10T12:00Z', 'tidewise', 'yt1', '2026-10-06', 5000, 0, 't06', "
            "'2026-10-08T10:00Z', true)"
        )
        db.execute(
            "insert into raw.rejects (source, channel_id, table_name, run_id, reason, body, "
            "fetched_at) values ('youtube', 'tidewise', 'youtube_video_counts', 'odd', "
            "'a negative counter: views', '{}', '2026-10-10T12:00Z')"
        )
    rejects, reach = sorted(validate())
    assert "no row of the last day was rejected; 1 rows do not, such as" in rejects
    assert "a report of 1,000 impressions has a click" in reach
    assert "report_id=t06" in reach
    with connect() as db:
        db.execute("delete from raw.youtube_reach_days where run_id = 'odd'")
        db.execute("delete from raw.rejects")


def test_good_rows_pass_and_each_bad_one_is_told_by_table_rule_and_sample(business: None) -> None:
    assert validate() == []
    files = {path: path.read_bytes() for path in CONTEXT.rglob("*") if path.is_file()}
    with connect() as db:
        db.execute(TAMPERING.read_text())

    with pytest.raises(BadData) as caught:
        validate(everything=True)  # some repeat rows that were good when they landed

    told = caught.value.message
    assert [rule for rule in RULES if rule not in told] == []
    assert "youtube_video_id=yt7, day=2999-01-01, run_id=bad, views=-5" in told
    assert "clear the task" in caught.value.remedy
    # A check leaves nothing behind: the checkout may be read-only.
    assert {path: path.read_bytes() for path in CONTEXT.rglob("*") if path.is_file()} == files
