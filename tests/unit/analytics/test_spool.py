"""Rows that wait in a file come back as they went in."""

from __future__ import annotations

import pytest
from ytempire.analytics.spool import IN_MEMORY, Spool


@pytest.mark.parametrize("count", [0, 1, IN_MEMORY, 2 * IN_MEMORY + 7])
def test_every_row_comes_back_once_and_in_order_as_often_as_it_is_asked(count: int) -> None:
    spool = Spool(("number", "word"))
    for number in range(count):
        spool.add((number, None))
    assert spool.count == count
    for _ in range(2):
        assert list(spool) == [(number, None) for number in range(count)]
    spool.add((count, "late"))
    assert list(spool)[-1] == (count, "late")
    spool.close()
