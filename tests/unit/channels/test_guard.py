"""What YouTube says of a video's processing, as the guard reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ytempire.channels.inspection import Finding, Looked, finding_of

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
