"""What somebody does to the ledger by hand is found."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from typer.testing import CliRunner
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.cli import app
from ytempire.costs.audit import Edited, audit
from ytempire.domain import Format
from ytempire.runs import queue, stages
from ytempire.warehouse import clock
from ytempire.warehouse.database import connect

from tests.purchases import tokens

pytestmark = pytest.mark.slow


@pytest.fixture
def videos(warehouse: None) -> list[str]:
    """Two videos with three bought scripts each, the first of them long ago."""
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    runs = []
    for name in ("one", "two"):
        request = queue.Request(
            request_id=name, channel_id="tidewise", topic=f"The sea, {name}", format=Format.SHORT
        )
        runs.append(stages._begin(queue.accept(str(queue.put(request))), "write", "cpu"))
    for number, days_ago in enumerate((20, 1, 1)):
        with clock.replayed(clock.now() - timedelta(days=days_ago)):
            for run in runs:
                run.settle(f"{run.video_id} {number}", tokens(1_000 * (number + 1)))
    return [run.video_id for run in runs]


def by_hand(*statements: str) -> None:
    """What somebody does who may: past the triggers."""
    with connect() as db:
        db.execute("alter table ops.ledger disable trigger user")
        for statement in statements:
            db.execute(statement)
        db.execute("alter table ops.ledger enable trigger user")


def found(**how: date | str) -> list[Edited]:
    with connect() as db:
        return audit(db, **how)  # type: ignore[arg-type]


def ids(video_id: str) -> list[int]:
    with connect() as db:
        return [
            row["line_id"]
            for row in db.execute(
                "select line_id from ops.ledger where video_id = %s order by 1", (video_id,)
            )
        ]


def a_week_ago() -> date:
    return clock.now().date() - timedelta(days=7)


def test_a_ledger_that_nobody_touched_is_whole(videos: list[str]) -> None:
    assert found() == found(since=a_week_ago()) == found(video_id=videos[0]) == []


def test_the_library_s_own_role_changes_no_line(videos: list[str]) -> None:
    for statement in ("update ops.ledger set is_failed = true", "delete from ops.ledger"):
        with pytest.raises(Exception, match="book a correction"), connect() as db:
            db.execute(statement)


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "change",
    ["quantity = quantity - 1", "is_failed = true", "booked_at = booked_at - '1s'::interval"],
)
def test_an_edited_line_is_named(videos: list[str], place: int, change: str) -> None:
    line = ids(videos[1])[place]
    by_hand(f"update ops.ledger set {change} where line_id = {line}")
    [edited] = found()
    assert (edited.video_id, edited.line_id) == (videos[1], line)
    assert str(line) in edited.told and videos[1] in edited.told
    assert found(video_id=videos[0]) == []
    assert found(since=a_week_ago()) == ([edited] if place else [])


def test_an_amount_that_was_edited_is_missed_in_the_sum_too(videos: list[str]) -> None:
    line = ids(videos[0])[1]
    by_hand(f"update ops.ledger set amount_usd = 0 where line_id = {line}")
    edited = found(since=a_week_ago())
    assert [each.line_id for each in edited] == [line, None]
    assert "lines of 0.020000 USD were taken away or edited" in edited[1].told


def test_a_line_whose_digest_was_made_to_fit_shows_in_the_next(videos: list[str]) -> None:
    first, second, _ = ids(videos[0])
    by_hand(
        f"update ops.ledger set is_failed = true where line_id = {first}",
        f"update ops.ledger as line set chain = ops.chained(line, null) where line_id = {first}",
    )
    assert [each.line_id for each in found()] == [second]
    assert [each.line_id for each in found(since=a_week_ago())] == [second]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_line_that_was_taken_away_is_missed(videos: list[str], place: int) -> None:
    lines = ids(videos[0])
    by_hand(f"delete from ops.ledger where line_id = {lines[place]}")
    edited = found()
    after = [lines[place + 1]] if place < 2 else []
    assert [each.line_id for each in edited] == [*after, None]
    assert f"lines of 0.0{place + 1}0000 USD were taken away" in edited[-1].told
    assert found(since=a_week_ago())[-1] == edited[-1]


def test_a_line_that_was_put_in_is_found(videos: list[str]) -> None:
    copied = (
        "stage_run_id, video_id, channel_id, provider, kind, unit, quantity, unit_price_usd, "
        "amount_usd, price_version, chain"
    )
    by_hand(
        f"insert into ops.ledger ({copied}) select {copied} from ops.ledger "
        f"where line_id = {ids(videos[0])[2]}"
    )
    assert [each.line_id for each in found()] == [ids(videos[0])[3], None]


@pytest.fixture
def costs() -> Callable[[str], tuple[int, str]]:
    def shows(video_id: str) -> tuple[int, str]:
        said = CliRunner().invoke(app, ["costs", video_id])
        return said.exit_code, " ".join(said.output.split())

    return shows


def test_a_video_s_costs_say_when_its_lines_were_edited(
    videos: list[str], costs: Callable[[str], tuple[int, str]]
) -> None:
    assert costs(videos[0])[0] == 0
    by_hand(f"delete from ops.ledger where line_id = {ids(videos[0])[2]}")
    code, said = costs(videos[0])
    assert code == 1 and "0.030000" in said
    assert f"edited: The lines of {videos[0]} add up to 0.030000 USD, but 0.060000" in said
    assert costs(videos[1])[0] == 0
