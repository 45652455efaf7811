"""Stage runs of videos under way, and settings that a test changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.domain import Format
from ytempire.runs import queue, stages


@pytest.fixture
def begun(warehouse: None) -> Callable[[str], stages.StageRun]:
    """Begins a stage of a new video: `begun("one")`."""
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))

    def begins(name: str) -> stages.StageRun:
        request_id = queue.put(
            queue.Request(
                request_id=name, channel_id="tidewise", topic=f"Sea, {name}", format=Format.SHORT
            )
        )
        assert request_id
        return stages._begin(queue.accept(request_id), "write", "cpu")

    return begins
