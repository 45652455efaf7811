"""Alerts reach the configured channels once, and wait while no channel takes them."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from ytempire.alerts import channels, telling
from ytempire.alerts.notes import Severity, latest, raise_alert
from ytempire.emulators.serving import Emulated, running
from ytempire.errors import InvalidInput, NotConfigured, ProviderUnavailable
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow
SECRET = "hunter2hunter2"
Given = Callable[..., None]


@pytest.fixture
def receiver() -> Iterator[Emulated]:
    """A web hook that takes what it is posted, unless a fault strikes."""
    hook = Route("/{path:path}", lambda _: PlainTextResponse("taken"), methods=["POST"])
    with running(Starlette(routes=[hook])) as emulated:
        yield emulated


def hook(receiver: Emulated, path: str = "hook") -> str:
    return f"{receiver.address.replace('http', 'json')}/{path}"


def note(cause: str, severity: Severity = "warning") -> None:
    with connect() as db:
        raise_alert(db, cause, "budget_stop", severity, f"Title of {cause}", f"Body of {cause}")


def untold() -> list[str]:
    with connect() as db:
        return [alert["cause"] for alert in latest(db, 1) if alert["told_at"] is None]


def test_an_alert_is_told_once(warehouse: None, receiver: Emulated, given: Given) -> None:
    given(ALERTS__URLS=hook(receiver))
    note("a", "critical")
    assert [telling.tell(), telling.tell()] == [1, 0]
    [post] = receiver.asked
    assert post.body["title"] == "YTEmpire: Title of a"
    assert post.body["message"] == "Body of a"
    assert post.body["type"] == "failure"


def test_nothing_goes_anywhere_unless_a_channel_is_given(warehouse: None) -> None:
    note("a")
    assert telling.tell() == 0
    assert untold() == ["a"]
    with pytest.raises(NotConfigured, match="YTEMPIRE_ALERTS__URLS"):
        telling.try_out()


def test_a_storm_is_one_message_the_gravest_first(
    warehouse: None, receiver: Emulated, given: Given
) -> None:
    given(ALERTS__URLS=hook(receiver))
    for number in range(199):
        note(f"n{number:03}")
    note("grave", "critical")
    assert telling.tell() == 200
    [post] = receiver.asked
    assert post.body["title"] == "YTEmpire: 200 alerts, 1 critical, 199 warning"
    assert post.body["message"].startswith("Title of grave\n")
    assert "180 more (180 budget_stop)" in post.body["message"]
    assert untold() == []


def test_two_tellers_at_once_tell_it_once(
    warehouse: None, receiver: Emulated, given: Given
) -> None:
    given(ALERTS__URLS=hook(receiver))
    receiver.fail("slow", seconds=0.3, count=99)
    note("a")
    with ThreadPoolExecutor(2) as threads:
        told = list(threads.map(lambda _: telling.tell(), range(2)))
    assert sorted(told) == [0, 1]
    assert len(receiver.asked) == 1


def test_what_no_channel_took_is_told_when_one_is_back(
    warehouse: None, receiver: Emulated, given: Given
) -> None:
    given(ALERTS__URLS=hook(receiver))
    receiver.fail("status", status=503)
    note("a")
    with pytest.raises(ProviderUnavailable, match=r"1 \(json\)"):
        telling.tell()
    assert untold() == ["a"]
    assert telling.tell() == 1
    assert len(receiver.asked) == 2


def test_the_channel_that_works_hears_it_once_though_another_is_down(
    warehouse: None, receiver: Emulated, given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    given(ALERTS__URLS=f"json://127.0.0.1:1/{SECRET}, {hook(receiver)}")
    note("a")
    assert [telling.tell(), telling.tell()] == [1, 0]
    assert len(receiver.asked) == 1
    assert "Channel 1 (json) of YTEMPIRE_ALERTS__URLS did not take" in caplog.text


def test_each_channel_is_tried_by_a_test_message(receiver: Emulated, given: Given) -> None:
    given(ALERTS__URLS=f"{hook(receiver)}\n{hook(receiver, 'other')}")
    receiver.fail("status", path="other", status=401)
    assert telling.try_out() == [("1 (json)", True), ("2 (json)", False)]


@pytest.mark.parametrize(
    ("urls", "names"),
    [
        ("json://a json://b", ["1 (json)", "2 (json)"]),
        ("json://a,xml://b", ["1 (json)", "2 (xml)"]),
        ("json://a,\n json://b,", ["1 (json)", "2 (json)"]),
        ("mailtos://u:p@example.com?to=a@b.org,c@d.org", ["1 (mailtos)"]),
    ],
)
def test_addresses_stand_apart_by_blanks_or_commas(
    given: Given, urls: str, names: list[str]
) -> None:
    given(ALERTS__URLS=urls)
    assert [channel.name for channel in channels.configured()] == names


@pytest.mark.parametrize(
    ("address", "named"),
    [
        (f"slakc://{SECRET}/{SECRET}", "2 (slakc)"),
        (f"slack://{SECRET}", "2 (slack)"),
        (SECRET, "2 of"),
    ],
)
def test_a_bad_address_is_named_by_place_and_scheme_alone(
    given: Given, caplog: pytest.LogCaptureFixture, address: str, named: str
) -> None:
    given(ALERTS__URLS=f"json://127.0.0.1:1/ok {address}")
    caplog.set_level(logging.DEBUG)
    with pytest.raises(InvalidInput) as refused:
        channels.configured()
    assert named in str(refused.value)
    assert SECRET not in str(refused.value) + caplog.text


def test_no_log_holds_a_secret(warehouse: None, receiver: Emulated, given: Given) -> None:
    """In a process of its own: what Apprise and urllib3 log at their first use is seen too."""
    given(ALERTS__URLS=f"{hook(receiver, SECRET)} json://ann:{SECRET}@127.0.0.1:1/{SECRET}")
    note("a")
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import logging; logging.basicConfig(level=1)\n"
            "from ytempire.alerts import telling; print(telling.tell())",
        ],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.strip() == "1"
    assert "Channel 2 (json)" in done.stderr
    assert SECRET not in done.stderr
    assert receiver.asked[0].path == f"/{SECRET}"
