"""What of a day report is believed."""

from __future__ import annotations

import pytest
from ytempire.analytics import landing
from ytempire.analytics.days import COLUMNS, METRICS, MONEY, check_columns, reason_against
from ytempire.errors import ContractBroken

HEADERS = ["day", *METRICS]


def row(**values: object) -> dict[str, object]:
    return dict.fromkeys(METRICS, 1) | values


def test_columns_may_come_in_another_order_and_in_company() -> None:
    check_columns(["new", *reversed(HEADERS)], HEADERS)


def test_values_are_in_the_order_of_the_tables() -> None:
    of_a_channel = landing.COLUMNS["youtube_channel_days"][len(landing.MARKS) :]
    of_a_video = landing.COLUMNS["youtube_video_days"][len(landing.MARKS) :]
    assert of_a_channel == ("day", *COLUMNS)
    assert of_a_video == ("youtube_video_id", "day", *COLUMNS)


def test_a_renamed_column_is_named_and_never_a_zero() -> None:
    renamed = ["viewCount" if name == "views" else name for name in HEADERS]
    with pytest.raises(ContractBroken, match="lacks the column views") as caught:
        check_columns(renamed, HEADERS)
    assert not caught.value.is_transient


def test_a_negative_counter_has_a_reason_against_it() -> None:
    assert reason_against(row(), METRICS) == ""
    assert reason_against(row(likes=-3), METRICS) == "a negative counter: likes"


def test_money_may_be_corrected_below_zero_and_nothing_else() -> None:
    money = {"estimatedRevenue": -0.02, "adImpressions": 4, "monetizedPlaybacks": 3}
    assert reason_against(money, MONEY) == ""
    assert reason_against(money | {"adImpressions": -1}, MONEY)


@pytest.mark.parametrize("value", ["12", None, True, [1]])
def test_a_column_of_another_type_breaks_the_contract(value: object) -> None:
    with pytest.raises(ContractBroken, match="shares"):
        reason_against(row(shares=value), METRICS)
