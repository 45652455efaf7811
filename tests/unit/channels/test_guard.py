"""What YouTube says of videos and of a channel's standing, as the guard reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ytempire.channels import accounts, health
from ytempire.channels.accounts import Channel
from ytempire.channels.guard import STANDINGS, note_standing
from ytempire.channels.inspection import Finding, Looked, finding_of
from ytempire.warehouse.database import connect

NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "hours", "wanted"),
    [
        ({"uploadStatus": "processed"}, 1, "well"),
        ({"uploadStatus": "uploaded"}, 23.9, "processing"),
        ({"uploadStatus": "uploaded"}, 24.1, "stuck"),
        ({"uploadStatus": "failed"}, 1, "failed"),
        ({"uploadStatus": "rejected"}, 900, "rejected"),
        ({"uploadStatus": "deleted"}, 1, "absent"),
        (None, 1, "absent"),
    ],
)
def test_a_videos_status_is_read(status: dict | None, hours: float, wanted: Finding) -> None:
    assert finding_of(status, NOW - timedelta(hours=hours), NOW) == wanted


def test_a_look_is_told_in_a_sentence() -> None:
    looked = Looked(counts={"well": 39, "stuck": 1, "absent": 2})
    assert looked.words == "39 of 42 videos are well, 1 stuck, 2 absent"


@pytest.mark.slow
def test_a_strike_is_told_when_it_begins_and_when_it_ends(warehouse: None) -> None:
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    good = dict.fromkeys(STANDINGS, True)
    bad = good | {"copyrightStrikesGoodStanding": False}
    told = [note_standing("tidewise", answer) for answer in (good, bad, bad, good, bad)]
    struck = "not good: copyright"
    assert told == ["good", struck, struck, "good", struck]
    with connect() as db:
        rows = db.execute("select kind, detail from ops.channel_events order by event_id")
        assert [(row["kind"], row["detail"]) for row in rows] == [
            ("strike", "copyright"),
            ("strike_over", "copyright"),
            ("strike", "copyright"),
        ]
    [standing] = [each for each in health.score("tidewise").parts if each.name == "standing"]
    assert standing.lost == 60


@pytest.mark.slow
def test_a_standing_that_is_not_told_is_unknown_not_fine(warehouse: None) -> None:
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    assert note_standing("tidewise", None).startswith("unknown")
    partly = {"communityGuidelinesGoodStanding": True}
    assert note_standing("tidewise", partly) == "unknown: copyright"
