"""A look at the landing is at what landed since the last good one, unless that was altered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from ytempire.errors import BadData
from ytempire.warehouse import transform
from ytempire.warehouse.database import connect
from ytempire.warehouse.expectations import validate
from ytempire.world import World, fill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


def test_a_look_is_at_news_and_a_whole_one_at_all(warehouse: None) -> None:
    fill(World(videos=30, days=20, seed=1))
    assert validate() == []
    bad = (
        "insert into raw.youtube_video_days (run_id, fetched_at, channel_id, youtube_video_id, day,"
        " views, is_simulated{}) select 'bad', ops.now(), channel_id, youtube_video_id, day, -1,"
        " true{} from raw.youtube_video_days where run_id <> 'bad' limit 1"
    )
    with connect() as db:
        db.execute(bad.format(", landing", ", 0"))  # as if it had landed before the last look
    assert validate() == []
    with pytest.raises(BadData, match="views is never negative"):
        validate(everything=True)

    with connect() as db:
        db.execute(bad.format("", ""))
    with pytest.raises(BadData, match="views is never negative; 1 rows"):
        validate()
    with connect() as db:
        db.execute("delete from raw.youtube_video_days where run_id = 'bad' and landing > 0")
    with pytest.raises(BadData, match="views is never negative; 1 rows"):
        validate()  # rows were removed: it looks at everything, and finds the first one


def test_after_an_absence_a_build_goes_back_to_where_the_last_good_one_left_off(
    warehouse: None,
) -> None:
    transform.build()
    first = _first_touched()
    with connect() as db:
        db.execute("update staging.builds set built_at = built_at - interval '3 days'")
    assert first - _first_touched() == timedelta(days=3)


def _first_touched() -> date:
    transform.build("int_days_touched")
    with connect() as db:
        row = db.execute("select min(day) as day from intermediate.int_days_touched").fetchone()
    assert row
    return date.fromisoformat(str(row["day"]))
