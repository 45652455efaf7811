"""What is kept is paid for by its channel, once a day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.costs import audit, storage
from ytempire.domain import Format
from ytempire.runs import queue
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow


def kept(channel_id: str, *sizes: int) -> None:
    accounts.add(Channel(channel_id=channel_id, youtube_channel_id=None, title="T", niche="sea"))
    queue.put(
        queue.Request(
            request_id=channel_id, channel_id=channel_id, topic="The sea", format=Format.SHORT
        )
    )
    video_id = queue.accept(channel_id)
    with connect() as db:
        for number, size in enumerate(sizes):
            db.execute(
                "insert into ops.artifacts (video_id, kind, path, sha256, bytes) "
                "values (%s, %s, 'p', 's', %s)",
                (video_id, f"kind-{number}", size),
            )


def test_each_channel_has_a_line_a_day_and_its_budgets_count_it(warehouse: None) -> None:
    kept("sea", 10**9, 3 * 10**9)
    kept("land", 10**8)
    kept("nothing")
    for _ in range(2):
        with connect() as db:
            storage.book_day(db)
            rows = db.execute(
                "select channel_id, video_id, quantity, amount_usd from ops.ledger order by 1"
            ).fetchall()
            budgets = db.execute(
                "select scope, spent from ops.budgets where unit = 'usd' and scope in "
                "('house', 'customer') union select name, spent from ops.budgets "
                "where scope = 'channel'"
            ).fetchall()
        assert [tuple(row.values()) for row in rows] == [
            ("land", None, Decimal("0.1"), Decimal("0.000076")),
            ("sea", None, Decimal(4), Decimal("0.003025")),
        ]
        assert {row["scope"]: row["spent"] for row in budgets} == {
            "house": Decimal("0.003101"),
            "customer": Decimal("0.003101"),
            "sea": Decimal("0.003025"),
            "land": Decimal("0.000076"),
        }
    with clock.replayed(clock.now() + timedelta(days=1)), connect() as db:
        assert storage.book_day(db) == Decimal("0.003101")
        assert audit.audit(db) == []
