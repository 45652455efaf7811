"""A tier is chosen before each stage from what the rest of the video may cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import pytest
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.costs import forecast, intents, tiers
from ytempire.domain import Format, Tier, Usage
from ytempire.errors import OverBudget
from ytempire.runs import content, queue, stages
from ytempire.warehouse.database import connect

from tests.purchases import tokens

pytestmark = pytest.mark.slow

#: Output tokens of `write` at each tier: $2, $0.20 and $0.02 by the large model's price.
TOKENS = {Tier.PREMIUM: 200_000, Tier.STANDARD: 20_000, Tier.ECONOMY: 2_000}


def expected(stage: str, tier: Tier) -> Sequence[Usage]:
    """The script is what costs; an hour of the machine, $0.12, is for all that follows."""
    if stage == "write":
        return (tokens(TOKENS[tier]),)
    return (Usage.seconds("machine", "compute", 720),)


@pytest.fixture
def video(warehouse: None) -> str:
    accounts.add(Channel(channel_id="tidewise", youtube_channel_id="UC1", title="T", niche="sea"))
    return accepted("one")


def accepted(name: str, format: Format = Format.SHORT) -> str:
    request = queue.Request(request_id=name, channel_id="tidewise", topic="The sea", format=format)
    queue.put(request)
    return queue.accept(name)


def choose(video_id: str, wanted: Tier, stage: str = "write", **more: str) -> Tier:
    return tiers.choose(video_id, stage, wanted, expected, "short", **more)


def reason(video_id: str) -> str:
    with connect() as db:
        return str(tiers.choices_of(db, video_id)[-1]["reason"])


@pytest.mark.parametrize(
    ("cap", "chosen", "why"),
    [
        ("100", Tier.PREMIUM, "as wanted"),
        # Twice $2, and twice five times the $0.024 of the machine.
        ("4.24", Tier.PREMIUM, "as wanted"),
        ("4.23", Tier.STANDARD, "premium: the rest may cost $4.24, and $4.23 are left"),
        ("0.30", Tier.ECONOMY, "standard: the rest may cost $0.64"),
    ],
)
def test_the_best_tier_that_fits_the_rest_is_chosen(
    video: str, given: Callable[..., None], cap: str, chosen: Tier, why: str
) -> None:
    given(BUDGETS__VIDEO_USD=cap)
    assert choose(video, Tier.PREMIUM) is chosen
    assert why in reason(video)


def test_a_video_that_cannot_end_under_its_cap_is_not_begun(
    video: str, given: Callable[..., None]
) -> None:
    given(BUDGETS__VIDEO_USD="0.27")
    with pytest.raises(OverBudget, match=r"even in economy it may cost \$0\.2800") as told:
        choose(video, Tier.PREMIUM)
    assert "VIDEO_USD to at least 0.28" in told.value.remedy
    with connect() as db:
        [alert] = db.execute("select cause, title from ops.alerts").fetchall()
    assert alert["cause"] == f"budget-stop/video/{video}"
    given(BUDGETS__VIDEO_USD="0.28")
    assert choose(video, Tier.PREMIUM) is Tier.ECONOMY


def test_a_begun_video_is_ended_in_economy(video: str, given: Callable[..., None]) -> None:
    assert choose(video, Tier.STANDARD) is Tier.STANDARD
    given(BUDGETS__VIDEO_USD="0.01")
    assert choose(video, Tier.STANDARD, "narrate") is Tier.ECONOMY


def test_a_choice_stays_for_those_who_come_after_a_killed_worker(
    video: str, given: Callable[..., None]
) -> None:
    assert choose(video, Tier.PREMIUM) is Tier.STANDARD
    given(BUDGETS__VIDEO_USD="100")
    assert choose(video, Tier.PREMIUM) is Tier.STANDARD
    content.redo(video, "write")
    assert choose(video, Tier.PREMIUM) is Tier.PREMIUM, "another take is another choice"


def test_providers_may_bill_a_standard_video_no_more_than_its_share(
    video: str, given: Callable[..., None]
) -> None:
    assert choose(video, Tier.STANDARD) is Tier.STANDARD  # twice $0.20
    run = stages._begin(video, "write", "cpu")
    with connect() as db:
        intents.settle(db, run.stage_run_id, "a", [tokens(20_000)])
    given(BUDGETS__STANDARD_AI_USD="0.39")
    other = accepted("two")
    assert choose(other, Tier.STANDARD) is Tier.ECONOMY
    assert "standard: providers may bill $0.40" in reason(other)
    given(BUDGETS__STANDARD_AI_USD="0.19")
    assert choose(video, Tier.STANDARD, "narrate") is Tier.ECONOMY, "$0.20 are billed already"


def test_a_script_that_was_ordered_ahead_keeps_its_tier(
    video: str, given: Callable[..., None]
) -> None:
    given(BUDGETS__VIDEO_USD="0.01")
    assert choose(video, Tier.PREMIUM, is_fixed="it was ordered ahead") is Tier.PREMIUM
    assert reason(video) == "it was ordered ahead"


def test_the_channel_s_and_the_house_s_months_count_too(
    video: str, given: Callable[..., None]
) -> None:
    given(BUDGETS__CHANNEL_USD_PER_MONTH="1")
    assert choose(video, Tier.PREMIUM) is Tier.STANDARD
    assert "budget of channel tidewise" in reason(video)


def test_a_video_s_stages_and_its_whole_are_foreseen_before_it_begins(video: str) -> None:
    choose(video, Tier.STANDARD)
    with connect() as db:
        kept = forecast.kept(db, video)
    assert set(kept) == {*tiers.STAGES, forecast.WHOLE}
    assert kept["write"].likely_usd == Decimal("0.2")
    assert kept["write"].high_usd == Decimal("0.4")
    assert kept[forecast.WHOLE].base_usd == Decimal("0.32")
    assert "list prices" in kept[forecast.WHOLE].basis


def spent(video_id: str, usd: float) -> None:
    run = stages._begin(video_id, "write", "cpu")
    with connect() as db:
        intents.settle(db, run.stage_run_id, video_id, [tokens(round(usd * 100_000))])
        db.execute("update ops.stage_runs set state = 'succeeded'")


def test_intervals_are_learnt_from_what_earlier_videos_cost(video: str) -> None:
    for number in range(25):
        made = accepted(f"video {number}")
        choose(made, Tier.STANDARD)
        spent(made, 0.1 + 0.01 * number)  # 0.5 to 1.7 of the base
    choose(video, Tier.STANDARD)
    with connect() as db:
        learnt = forecast.kept(db, video)["write"]
        assert learnt.basis == "25 like it"
        assert [learnt.low_usd, learnt.likely_usd, learnt.high_usd] == [
            Decimal("0.12"),
            Decimal("0.22"),
            Decimal("0.34"),  # wider above, where the latest were dearer than foreseen
        ]
        [early] = forecast.calibration(db)
        assert (early["made"], early["held"]) == (5, 0), "ever dearer videos are unlike the others"
        other = accepted("wide", Format.WIDE)
        tiers.choose(other, "write", Tier.STANDARD, expected, "wide")
        assert "too few" in forecast.kept(db, other)["write"].basis
    spent(video, 0.3)
    with connect() as db:
        [row] = forecast.calibration(db)
    assert (row["stage"], row["made"], row["held"]) == ("write", 6, 1)
