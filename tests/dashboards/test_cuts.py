"""Cuts that wait for a person, by raw requests to their addresses."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel
from ytempire.config import Secrets, Settings, settings
from ytempire.domain import Format
from ytempire.errors import InvalidInput
from ytempire.people import roster
from ytempire.people.roster import Role
from ytempire.runs import artifacts, queue
from ytempire.warehouse.database import connect

from dashboards import cuts
from tests.dashboards.conftest import HOST, in_this_process

SECRETS = Secrets(dashboard_password=SecretStr("p"), dashboard_key=SecretStr("k" * 32))
PASSWORD = "correct horse battery"
NAMES = {Role.VIEWER: "vi", Role.USER: "uma", Role.ADMIN: "ada"}
CONTENT = bytes(range(256)) * 1000

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]
_addresses = itertools.count(1)


@pytest.fixture(scope="module")
def running(configuration: Settings) -> Iterator[TestClient]:
    with in_this_process(Settings(secrets=SECRETS)) as client:
        yield client


@pytest.fixture
def video_id(warehouse: None, tmp_path: Path) -> str:
    """A video in review whose cut is stored."""
    accounts.add(
        Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea")
    )
    queue.put(
        queue.Request(
            request_id="r0", channel_id="tidewise", topic="Tides at night", format=Format.SHORT
        )
    )
    made = queue.accept("r0")
    (tmp_path / "cut.mp4").write_bytes(CONTENT)
    artifacts.save(made, "cut", tmp_path / "cut.mp4")
    with connect() as db:
        for role, name in NAMES.items():
            roster.add(db, name, role, PASSWORD)
    return made


def signed_in(running: TestClient, role: Role) -> TestClient:
    client = TestClient(running.app, base_url=HOST, client=(f"10.7.0.{next(_addresses)}", 50000))
    client.portal = running.portal
    form = {"user": NAMES[role], "password": PASSWORD}
    client.post("/login", data=form, headers={"origin": HOST}, follow_redirects=False)
    return client


def test_a_cut_comes_whole_or_by_ranges(running: TestClient, video_id: str) -> None:
    client = signed_in(running, Role.USER)
    address = cuts.address(video_id, "q")
    whole = client.get(address)
    assert (whole.status_code, whole.content) == (200, CONTENT)
    assert whole.headers["content-type"] == "video/mp4"
    assert whole.headers["accept-ranges"] == "bytes"
    assert whole.headers["cache-control"] == "no-store"
    assert "content-encoding" not in whole.headers
    head = client.head(address)
    assert (head.headers["content-length"], head.content) == (str(len(CONTENT)), b"")
    for asked, first, last in (
        ("bytes=1000-1999", 1000, 1999),
        ("bytes=255000-", 255_000, 255_999),
        ("bytes=-10", 255_990, 255_999),
    ):
        part = client.get(address, headers={"range": asked})
        assert part.status_code == 206
        assert part.content == CONTENT[first : last + 1]
        assert part.headers["content-range"] == f"bytes {first}-{last}/{len(CONTENT)}"
    assert client.get(address, headers={"range": "bytes=256000-"}).status_code == 416


@pytest.mark.parametrize("role", list(Role))
def test_a_cut_is_played_by_those_who_open_its_page(
    running: TestClient, video_id: str, role: Role
) -> None:
    answer = signed_in(running, role).get(cuts.address(video_id, "q"))
    assert answer.status_code == (403 if role == Role.VIEWER else 200)
    assert (answer.content == CONTENT) == (role != Role.VIEWER)


def test_a_person_who_is_removed_plays_no_further(running: TestClient, video_id: str) -> None:
    client = signed_in(running, Role.USER)
    address = cuts.address(video_id, "q")
    assert client.get(address, headers={"range": "bytes=0-9"}).status_code == 206
    with connect() as db:
        roster.change_role(db, "uma", Role.VIEWER)
    assert client.get(address, headers={"range": "bytes=0-9"}).status_code == 403
    with connect() as db:
        roster.remove(db, "uma")
    assert client.get(address, headers={"range": "bytes=0-9"}).status_code == 401


@pytest.mark.parametrize(
    "forged",
    ["..%2f..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "{}%2f..%2f{}", "{}.mp4", "", "a%00b"],
)
def test_what_names_no_video_leads_nowhere(running: TestClient, video_id: str, forged: str) -> None:
    answer = signed_in(running, Role.ADMIN).get(f"/cuts/{forged.format(video_id, video_id)}")
    assert answer.status_code in {400, 404}
    assert CONTENT not in answer.content


def test_a_cut_that_is_gone_is_told(running: TestClient, video_id: str) -> None:
    cuts.local(video_id).unlink()
    answer = signed_in(running, Role.ADMIN).get(cuts.address(video_id, "q"))
    assert answer.status_code == 404
    assert "cannot be found from here" in answer.text
    with pytest.raises(InvalidInput, match="cannot be found from here"):
        cuts.stored(video_id)


def test_a_cut_of_another_machine_is_fetched_once_and_anew_when_it_is_another(
    video_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings().storage, "root", "memory://house")
    (tmp_path / "cut.mp4").write_bytes(b"first")
    artifacts.save(video_id, "cut", tmp_path / "cut.mp4")
    kept = cuts.local(video_id)
    assert kept.read_bytes() == b"first"
    assert cuts.local(video_id) == kept
    assert [each.name for each in kept.parent.iterdir()] == [kept.name]
    (tmp_path / "cut.mp4").write_bytes(b"second")
    artifacts.save(video_id, "cut", tmp_path / "cut.mp4")
    assert cuts.local(video_id).read_bytes() == b"second"
