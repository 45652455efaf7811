"""Scripts that are ordered a slot ahead: half the price, booked once, and never waited for in
vain."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from ytempire.analytics import trends
from ytempire.channels.accounts import Channel, add
from ytempire.errors import ProviderUnavailable
from ytempire.planning import ahead, calling_off, ideas, requests
from ytempire.runs import artifacts, orders, queue
from ytempire.runs.orders import Recall
from ytempire.studio import ordering, stages
from ytempire.warehouse.database import connect

from tests.local_studio import Live, paid, planned, rows

pytestmark = pytest.mark.slow


@pytest.fixture
def request_id(live: Live) -> str:
    """A planned request whose script is ordered; the batch is at work."""
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    live.model.knobs.batches = "in_progress"
    made = planned("mine")
    ahead.order([made])
    return made


def to_start() -> list[str]:
    return [run["trigger_run_id"] for run in requests.runs_to_start()]


def reserved(scope: str) -> Decimal:
    [row] = rows(
        "select coalesce(sum(reserved), 0) as usd from ops.budgets where scope = %s", scope
    )
    return Decimal(row["usd"])


def units(video_id: str, provider: str) -> dict[str, int]:
    return {
        unit: quantity
        for (name, kind, unit), quantity in paid(video_id).items()
        if name.split("/")[0] == provider and kind == "script"
    }


def test_a_plan_orders_one_batch_a_request_and_its_run_waits_for_it(live: Live, youtube) -> None:
    live.model.knobs.batches = "in_progress"
    for channel_id in ("tidewise", "ledger-lore", "quiet-orbit"):
        trends.pull_trends(channel_id, "run-1")
    asked = ideas.plan(datetime.now(UTC))
    ahead.order(asked)
    assert len(asked) == 3
    batches = {each["batch_id"] for each in rows("select batch_id from ops.script_orders")}
    assert reserved("house") > 0
    assert batches == set(live.model.batches) and len(batches) == 3
    ahead.order(asked)
    assert len(live.model.batches) == 3, "ordering again orders nothing"
    assert to_start() == []
    live.model.knobs.batches = "completed"
    assert sorted(to_start()) == sorted(asked)


def test_an_ordered_script_is_found_at_half_the_price_and_booked_once(
    live: Live, request_id: str
) -> None:
    video_id = queue.accept(request_id)
    with pytest.raises(ProviderUnavailable, match="still at work"):
        stages.write(video_id)
    assert paid(video_id) == {}
    live.model.knobs.batches = "completed"
    live.say()
    stages.write(video_id)
    [bill] = live.model.billed
    assert bill.is_batch
    assert units(video_id, "openai") == {}
    assert sum(units(video_id, "openai-batch").values()) == bill.read + bill.written
    [line] = rows(
        "select unit_price_usd from ops.ledger where unit = 'output_token' and kind = 'script'"
    )
    assert line["unit_price_usd"] * 1_000_000 == 1, "gpt-5-mini: 2 USD a million on demand"
    assert stages.script_of(video_id).title == "What moves the ocean twice a day"
    assert orders.of(request_id) is None
    assert rows("select 1 from ops.budgets where reserved <> 0") == []

    was = paid(video_id)
    artifacts.discard(video_id, "script")  # as if the worker was lost before it was stored
    stages.write(video_id)
    assert paid(video_id) == was and len(live.model.billed) == 1


@pytest.mark.parametrize("end", ["failed", "expired", "forgotten", "line"])
def test_an_order_that_brings_nothing_is_written_on_demand(
    live: Live, request_id: str, end: str
) -> None:
    [batch] = live.model.batches.values()
    if end == "forgotten":
        live.model.batches.clear()
    elif end == "line":
        live.model.knobs.batches = "completed"
        live.openai.fail("status", path="content", status=500, headers={"retry-after": "99"})
    elif end == "failed":
        live.model.knobs.batches = "failed"
    else:
        batch |= {"status": "expired"}
    assert to_start() == [request_id]
    video_id = queue.accept(request_id)
    if end == "line":  # it is paid, so it is asked for again
        with pytest.raises(ProviderUnavailable):
            stages.write(video_id)
    live.say()
    stages.write(video_id)
    [bill] = live.model.billed
    assert bill.is_batch == (end == "line")
    provider = "openai-batch" if bill.is_batch else "openai"
    assert sum(units(video_id, provider).values()) == bill.read + bill.written
    assert orders.of(request_id) is None
    assert rows("select 1 from ops.budgets where reserved <> 0") == []


def test_a_batch_that_never_ends_is_not_waited_for_longer_than_a_day(
    live: Live, request_id: str
) -> None:
    with connect() as db:
        db.execute("update ops.script_orders set ordered_at = ordered_at - interval '26 hours'")
    assert to_start() == [request_id]
    video_id = queue.accept(request_id)
    live.say()
    stages.write(video_id)
    assert [each.is_batch for each in live.model.billed] == [False]
    [batch] = live.model.batches.values()
    assert batch["status"] == "cancelled", "it must not be billed after nobody looks any more"
    assert batch["metadata"]["request"] == request_id
    assert orders.of(request_id) is None


def test_an_overdue_batch_that_is_still_stopping_is_waited_for(live: Live, request_id: str) -> None:
    with connect() as db:
        db.execute("update ops.script_orders set ordered_at = ordered_at - interval '26 hours'")
    [batch] = live.model.batches.values()
    batch |= {"status": "cancelling"}
    video_id = queue.accept(request_id)
    with pytest.raises(ProviderUnavailable, match="still at work") as met:
        stages.write(video_id)
    assert met.value.retry_after_s is not None and 3 * met.value.retry_after_s > 600
    assert live.model.billed == [] and orders.of(request_id) is not None


def test_an_order_lost_with_its_server_is_written_on_demand_after_a_day(
    live: Live, request_id: str
) -> None:
    with connect() as db:
        db.execute("update ops.script_orders set ordered_at = ordered_at - interval '26 hours'")
    live.openai.fail("status", path="batches", status=503, headers={"retry-after": "99"})
    video_id = queue.accept(request_id)
    live.say()
    stages.write(video_id)
    assert [each.is_batch for each in live.model.billed] == [False]
    assert orders.of(request_id) is not None, "what it wrote is still to be booked"
    live.model.knobs.batches = "completed"
    artifacts.discard(video_id, "script")
    stages.write(video_id)
    assert [each.is_batch for each in live.model.billed] == [False, True]
    batched = live.model.billed[1]
    assert sum(units(video_id, "openai-batch").values()) == batched.read + batched.written
    assert orders.of(request_id) is None


@pytest.mark.parametrize("died", ["before it was handed in", "before its batch was noted"])
def test_an_order_whose_worker_died_is_looked_for(live: Live, request_id: str, died: str) -> None:
    unsent(minutes=11)
    if died == "before it was handed in":
        live.model.batches.clear()
    promised = reserved("house")
    assert promised > 0
    ahead.order([request_id])
    ahead.order([request_id])
    [batch_id] = live.model.batches
    [row] = rows("select batch_id from ops.script_orders")
    assert row["batch_id"] == batch_id
    assert reserved("house") == promised
    assert reserved("channel") == reserved("customer") == reserved("provider") == promised


def test_an_order_that_was_never_handed_in_is_given_up_when_its_video_is_due(
    live: Live, request_id: str
) -> None:
    unsent()
    live.model.batches.clear()
    assert to_start() == [], "a worker may be handing it in at this moment"
    assert orders.of(request_id) is not None
    unsent(minutes=11)
    assert to_start() == [request_id]
    assert rows("select 1 from ops.budgets where reserved <> 0") == []
    video_id = queue.accept(request_id)
    live.say()
    stages.write(video_id)
    assert [each.is_batch for each in live.model.billed] == [False]


def test_an_order_is_not_handed_in_over_a_budget(live: Live) -> None:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    live.set(BUDGETS__CHANNEL_USD_PER_MONTH="0.000001")
    made = planned("mine")
    ahead.order([made])
    assert live.openai.asked == [] and orders.of(made) is None
    assert to_start() == [made]


@pytest.mark.parametrize("status", [401, 503])
def test_a_plan_whose_order_is_refused_starts_its_runs(live: Live, status: int) -> None:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    live.openai.fail("status", status=status, headers={"retry-after": "99"})
    made = planned("mine")
    ahead.order([made])
    assert to_start() == [made]


def test_a_batch_that_a_gateway_may_have_let_through_is_asked_for_once_and_looked_for(
    live: Live,
) -> None:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    live.model.knobs.batches = "in_progress"
    live.openai.fail("status", path="/v1/batches", status=502)
    made = planned("mine")
    ahead.order([made])
    assert sum((a.method, a.path) == ("POST", "/v1/batches") for a in live.openai.asked) == 1
    order = orders.of(made)
    assert order is not None and order.batch_id is None and reserved("house") > 0
    assert to_start() == [], "it may have been made, and not be listed yet"
    ahead.order([made])
    assert live.model.batches == {}
    unsent(minutes=11)
    ahead.order([made])  # it was not: so it is handed in now
    assert orders.of(made).batch_id in live.model.batches


def test_while_the_writer_is_down_a_run_waits_for_what_was_ordered(
    live: Live, request_id: str
) -> None:
    live.openai.fail("status", path="batches", status=503, headers={"retry-after": "99"})
    assert to_start() == []
    live.model.knobs.batches = "completed"
    assert to_start() == [request_id]


def test_what_was_written_for_a_video_that_failed_is_booked_after_a_day(
    live: Live, request_id: str
) -> None:
    video_id = queue.accept(request_id)
    queue.move(video_id, "failed")
    live.model.knobs.batches = "completed"
    assert orders.unwanted() == [], "somebody may mend it, and take its script"
    with connect() as db:
        db.execute("update ops.script_orders set ordered_at = ordered_at - interval '26 hours'")
    calling_off.close_orders()
    [bill] = live.model.billed
    booked = rows("select quantity from ops.ledger where kind = 'script'")
    assert sum(row["quantity"] for row in booked) == bill.read + bill.written
    assert orders.of(request_id) is None
    assert rows("select 1 from ops.budgets where reserved <> 0") == []


def test_nothing_is_ordered_for_own_words_or_without_batches(live: Live) -> None:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    ahead.order([planned("mine", script="The sea rises twice a day.")])
    live.set(OPENAI__BATCHES="false")
    ahead.order([planned("mine")])
    assert live.openai.asked == []


def unsent(*, minutes: int = 0) -> None:
    """As if a worker had written the order down, so long ago, and died before it was handed in."""
    with connect() as db:
        db.execute(
            "update ops.script_orders set batch_id = null, "
            "ordered_at = ordered_at - make_interval(mins => %s)",
            (minutes,),
        )


def test_what_was_not_handed_in_costs_nothing_once_it_is_called_off(
    live: Live, request_id: str
) -> None:
    unsent(minutes=11)
    live.model.batches.clear()
    assert calling_off.cancel([request_id]).sent == {}
    assert orders.of(request_id) is None
    assert rows("select 1 from ops.budgets where reserved <> 0") == []
    ahead.order([request_id])
    assert live.model.batches == {}, "nobody orders for a request that was called off"


def test_what_was_handed_in_is_told_to_stop_and_booked_once_as_far_as_it_was_written(
    live: Live, request_id: str
) -> None:
    [batch] = live.model.batches.values()
    live.model.knobs.stops_slowly = True
    assert calling_off.cancel([request_id]).sent == {request_id: Recall.TOLD}
    assert batch["status"] == "cancelling"
    assert orders.unwanted() == [request_id]
    batch["status"] = "cancelled"
    calling_off.close_orders()
    assert orders.of(request_id) is None
    assert rows("select 1 from ops.ledger") == []
    assert rows("select 1 from ops.budgets where reserved <> 0") == []


def test_what_the_writer_does_not_know_any_more_costs_nothing(live: Live, request_id: str) -> None:
    live.model.batches.clear()
    assert calling_off.cancel([request_id]).sent == {}
    assert orders.unwanted() == []
    assert rows("select 1 from ops.budgets where reserved <> 0") == []


def test_a_script_that_was_written_before_is_paid_for_by_its_channel(
    live: Live, request_id: str
) -> None:
    live.model.knobs.batches = "completed"
    assert calling_off.cancel([request_id]).sent == {request_id: Recall.OVER}
    calling_off.close_orders()
    [bill] = live.model.billed
    booked = rows("select video_id, channel_id, kind, quantity from ops.ledger")
    assert {(row["video_id"], row["channel_id"], row["kind"]) for row in booked} == {
        (None, "mine", "script")
    }
    assert sum(row["quantity"] for row in booked) == bill.read + bill.written
    [budget] = rows(
        "select sum(reserved) as reserved, sum(spent) as spent from ops.budgets "
        "where scope = 'house'"
    )
    [spent] = rows("select sum(amount_usd) as usd from ops.ledger")
    assert (budget["reserved"], budget["spent"]) == (0, spent["usd"])


def test_while_the_writer_does_not_answer_the_order_stays_until_a_later_plan(
    live: Live, request_id: str
) -> None:
    live.openai.fail("status", path="batches", status=503, headers={"retry-after": "99"})
    assert calling_off.cancel([request_id]).sent == {request_id: Recall.UNREACHED}
    assert orders.unwanted() == [request_id]
    calling_off.close_orders()
    assert orders.unwanted() == []
    assert {each["status"] for each in live.model.batches.values()} == {"cancelled"}


@pytest.mark.parametrize("worker", ["notes its batch", "died"])
def test_one_called_off_while_it_is_handed_in_is_told_to_stop(
    live: Live, request_id: str, worker: str
) -> None:
    """Its order was written down, then it was called off, then the batch was handed in."""
    unsent()
    [(batch_id, batch)] = live.model.batches.items()
    live.model.batches.clear()
    assert calling_off.cancel([request_id]).sent == {}
    live.model.batches[batch_id] = batch
    if worker == "died":
        calling_off.close_orders()
    else:
        assert not orders.put(request_id, batch_id)
        assert ordering.call_off(request_id) is Recall.OVER
    assert batch["status"] == "cancelled"
    assert orders.unwanted() == []
