"""A day of the business with every fault at its rate: nothing lost, doubled or over quota.

`make bench ONLY=channels` lives through a month of fifty videos a day; this is its quickest proof.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.config import Ports, settings

from tests import replay
from tests.benchmarks.warehouse import free_port

pytestmark = pytest.mark.slow


def test_a_day_on_fifteen_channels_loses_and_doubles_nothing(
    warehouse: None, postgres: Ports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with replay.serving(free_port(), tmp_path / "there", channels=15, videos=3) as address:
        monkeypatch.setenv("YTEMPIRE_YOUTUBE__ENDPOINT", address)
        settings.cache_clear()
        folder = tmp_path / "files"
        folder.mkdir()
        house = replay.Replay(address, replay.files_of_a_video(folder), pull_every_h=12)
        told = house.run(days=1, videos_a_day=24)
    monkeypatch.undo()
    settings.cache_clear()
    assert told.problems == []
    assert told.asked == 24 == told.published + told.refused
    assert told.pulls >= 28
    assert sum(told.met.values()) > 0, "the day met no fault: it proves little"
