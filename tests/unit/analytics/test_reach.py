"""What of a reach file is believed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ytempire.analytics.reach import COLUMNS, CTR, IMPRESSIONS, VIDEO, read_rows
from ytempire.errors import ContractBroken, MalformedAnswer

HEADER = ",".join(COLUMNS)


def file(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def test_rows_are_read_by_the_names_of_their_columns_in_any_order() -> None:
    header = f"{CTR},new_column,{','.join(COLUMNS[:4])}"
    (row,) = read_rows([file("0.05,x,20261001,UC1,yt1,900", header=header)])
    assert row == dict(zip(COLUMNS, ("20261001", "UC1", "yt1", "900", "0.05"), strict=True))


def test_deleted_videos_come_under_no_id_and_a_rate_may_not_be_told() -> None:
    (row,) = read_rows([file("20261001,UC1,,0,")])
    assert (row[VIDEO], row[CTR]) == ("", "")


def test_an_empty_file_of_a_day_without_impressions_is_no_fault() -> None:
    assert list(read_rows([file()])) == []


@pytest.mark.parametrize("column", COLUMNS)
def test_a_renamed_column_is_named_and_never_a_zero(column: str) -> None:
    header = ",".join("renamed" if name == column else name for name in COLUMNS)
    with pytest.raises(ContractBroken, match=f"lacks the column {column};"):
        list(read_rows([file("20261001,UC1,yt1,900,0.05", header=header)]))


@pytest.mark.parametrize(
    ("impressions", "ctr", "column"),
    [
        ("many", "0.05", IMPRESSIONS),
        ("1.5", "0.05", IMPRESSIONS),
        ("", "0.05", IMPRESSIONS),
        ("900", "5.2", CTR),  # a percentage now
        ("900", "high", CTR),
        ("900", "NaN", CTR),
    ],
)
def test_a_column_of_another_kind_breaks_the_contract(
    impressions: str, ctr: str, column: str
) -> None:
    with pytest.raises(ContractBroken, match=column):
        list(read_rows([file(f"20261001,UC1,yt1,{impressions},{ctr}")]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        file("20261001,UC1,yt1,900,0.05") + b"20261001,UC1,yt",
        file('20261001,UC1,"yt1,900,0.05'),
    ],
    ids=["nothing", "no text", "cut off", "an open quote"],
)
def test_a_garbled_file_is_no_rows(body: bytes) -> None:
    with pytest.raises((MalformedAnswer, ContractBroken)):
        list(read_rows([body]))


@given(
    cuts=st.lists(st.integers(0, 200), max_size=8),
    names=st.lists(st.sampled_from(["yt1", "", "ÿtü", "-_x"]), min_size=1, max_size=5),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_where_the_network_cuts_a_file_says_nothing(
    cuts: list[int], names: list[str], end: str
) -> None:
    lines = [HEADER, *(f"20261001,UC1,{name},9,0.5" for name in names)]
    body = "\ufeff".encode() + end.join([*lines, ""]).encode()
    places = sorted({0, *(min(cut, len(body)) for cut in cuts), len(body)})
    pieces = [body[a:b] for a, b in pairwise(places)]
    assert [row[VIDEO] for row in read_rows(pieces)] == names
