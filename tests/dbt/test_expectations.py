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
]


def test_every_table_that_lands_has_rules(warehouse: None) -> None:
    with connect() as db:
        landed = db.execute("select tablename from pg_tables where schemaname = 'raw'").fetchall()
    assert {row["tablename"] for row in landed} == {suite["name"] for suite in SUITES}


def test_an_empty_landing_breaks_no_rule(warehouse: None) -> None:
    validate()


def test_good_rows_pass_and_each_bad_one_is_told_by_table_rule_and_sample(business: None) -> None:
    validate()
    files = {path: path.read_bytes() for path in CONTEXT.rglob("*") if path.is_file()}
    with connect() as db:
        db.execute(TAMPERING.read_text())

    with pytest.raises(BadData) as caught:
        validate()

    told = caught.value.message
    assert [rule for rule in RULES if rule not in told] == []
    assert "youtube_video_id=yt7, day=2999-01-01, run_id=bad, views=-5" in told
    assert "clear the task" in caught.value.remedy
    # A check leaves nothing behind: the checkout may be read-only.
    assert {path: path.read_bytes() for path in CONTEXT.rglob("*") if path.is_file()} == files
