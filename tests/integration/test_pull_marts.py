"""What pulls land over days, with a video that goes and days told anew, keeps every rule."""

from __future__ import annotations

import pytest
from ytempire.analytics import youtube as pulls
from ytempire.channels import accounts
from ytempire.channels.account import Account
from ytempire.warehouse import expectations, transform

from tests.integration.test_pull_videos import CHANNEL, later, one

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


#: Hours before each pull; and after which pulls a video is deleted, by its place from the newest.
HOURS = (0, 30, 7, 26, 1, 24, 48, 3)
DELETED = {0: 0, 3: 1, 5: 9}


def test_a_week_of_pulls_keeps_every_rule_and_every_invariant(youtube) -> None:
    gone = []
    for number, hours in enumerate(HOURS):
        with later(youtube, hours):
            for channel_id in accounts.ids(connected=True):
                pulls.pull_channel(channel_id, f"run-{number}")
            if number in DELETED:
                gone.append(deleted(DELETED[number]))
    with later(youtube, 0):
        assert expectations.validate() == []
        assert transform.build().tests > 60
    reach = one(
        """
        select count(*) filter (where impressions is not null) > 30 as is_told,
               bool_or(ctr > 0) as has_clicks,
               min(unattributed_impressions) = 0 as adds_up
        from marts.fct_channel_days
        """
    )
    assert reach == {"is_told": True, "has_clicks": True, "adds_up": True}
    removed = one(
        "select count(removed_at) as videos from marts.dim_videos where youtube_video_id = any(%s)",
        gone,
    )
    assert removed["videos"] == len(DELETED)
    kept = one(
        """
        select count(*) > 0 as has_curves, bool_and(elapsed_ratio > 0) as begins_after_the_start
        from marts.fct_video_retention
        """
    )
    assert kept == {"has_curves": True, "begins_after_the_start": True}
    final = one(
        """
        select count(*) filter (where is_final) > 1000 as are_most,
               count(*) filter (where not is_final) > 0 as but_not_all
        from marts.fct_video_days
        """
    )
    assert final == {"are_most": True, "but_not_all": True}


def deleted(place: int) -> str:
    name = one(
        "select youtube_video_id as id from ops.video_polls where channel_id = %s "
        "and removed_at is null order by published_at desc offset %s",
        CHANNEL,
        place,
    )["id"]
    Account(CHANNEL, "test").data.videos().delete(id=name).execute()
    return str(name)
