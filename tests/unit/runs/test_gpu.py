"""Samples of the cards: kept while a stage runs, absent where there is no card."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pynvml
import pytest
from ytempire.runs.gpu import Sample, cards, sampling, store, watching
from ytempire.warehouse.database import connect

CARD = Sample("cuda:0", 10_240, 32_768, 87.0)


def has_nvml() -> bool:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return False
    return True


@pytest.mark.skipif(has_nvml(), reason="there is a card")
def test_without_a_card_nothing_is_read_and_the_stage_runs() -> None:
    with cards() as read:
        assert read is None
    before = threading.active_count()
    with sampling("stage-run"):
        assert threading.active_count() == before


@pytest.mark.skipif(not has_nvml(), reason="there is no card")
def test_a_card_is_read() -> None:
    with cards() as read:
        assert read is not None
        for sample in read():
            assert 0 <= sample.memory_used_mb <= sample.memory_total_mb


def test_samples_are_kept_while_the_block_runs_and_not_after() -> None:
    kept: list[Sequence[Sample]] = []
    third = threading.Event()

    def keep(samples: Sequence[Sample]) -> None:
        kept.append(samples)
        if len(kept) >= 3:
            third.set()

    with watching(lambda: [CARD], keep, every_s=0.001):
        assert third.wait(timeout=30)
    assert kept[-1] == [CARD]
    assert not [t for t in threading.enumerate() if t.name == "gpu-samples"]


def test_a_sample_that_fails_does_not_end_the_stage(caplog: pytest.LogCaptureFixture) -> None:
    tried = threading.Event()

    def keep(samples: Sequence[Sample]) -> None:
        tried.set()
        raise ConnectionError("the warehouse is away")

    with watching(lambda: [CARD], keep):
        assert tried.wait(timeout=30)
    assert "A sample of the cards was not kept." in caplog.text


@pytest.mark.slow
@pytest.mark.usefixtures("warehouse")
def test_samples_are_written() -> None:
    store([CARD, Sample("cuda:1", 5, 32_768, 101.0)], None)
    with connect() as db:
        rows = db.execute(
            "select device, memory_used_mb, utilisation_pct from ops.gpu_samples order by device"
        ).fetchall()
    assert [tuple(row.values()) for row in rows] == [("cuda:0", 10_240, 87.0), ("cuda:1", 5, 100.0)]
