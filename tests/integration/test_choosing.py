"""Videos find their channels on a real Postgres: one slot each, no cap exceeded, all of it told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from ytempire.channels import accounts, placing
from ytempire.channels.accounts import Channel
from ytempire.channels.profile import Pacing, Posting, Wording
from ytempire.domain import Format, Tier
from ytempire.errors import InvalidInput, MustWait, NotConfigured
from ytempire.planning import requests
from ytempire.providers.youtube.client import Grant
from ytempire.runs import queue
from ytempire.warehouse import clock
from ytempire.warehouse.clock import pacific_day
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

#: Noon in California.
NOON = datetime(2026, 11, 10, 20, tzinfo=UTC)
GRANT = Grant(refresh_token="1//token", client_id="client", client_secret="secret")
FAST = Pacing(per_day=100, min_gap_h=0)
PUBLIC = Wording(privacy="public")


@pytest.fixture(autouse=True)
def noon(warehouse: None):
    with clock.replayed(NOON):
        yield


def add(name: str, *, connected: bool = True, **values) -> None:
    base = {"channel_id": name, "youtube_channel_id": None, "title": name, "niche": "tides",
            "pacing": FAST, "wording": PUBLIC}  # fmt: skip
    accounts.add(Channel(**base | values))
    if connected:
        accounts.connect_grant(name, GRANT)


def video(topic: str, channel: str = "mine") -> str:
    request = queue.Request(
        request_id=queue.new_request_id(channel, topic),
        channel_id=channel,
        topic=topic,
        format=Format.SHORT,
    )
    return queue.accept(str(queue.put(request)))


def rows(query: str) -> list[dict]:
    with connect() as db:
        return db.execute(query).fetchall()


def test_every_decision_is_a_row_that_says_why() -> None:
    add("mine")
    add("other")
    video_id = video("one")
    placed = placing.place(video_id)
    assert (placed.channel_id, placed.publish_at) == ("mine", None)
    [row] = placing.choices_of(video_id)
    assert row["channel_id"] == "mine"
    assert row["because"]["told"] == "it was made for this channel"
    assert {each["channel_id"] for each in row["because"]["candidates"]} == {"mine", "other"}
    assert all(each["health"] == 100 for each in row["because"]["candidates"])
    with pytest.raises(InvalidInput, match="Nothing was decided"):
        placing.choices_of("nobody")


def test_the_pace_is_waited_for_and_the_queue_says_until_when() -> None:
    add("mine", pacing=Pacing(per_day=9, min_gap_h=2))
    placing.place(video("one"))
    late = video("two")
    with pytest.raises(MustWait) as waits:
        placing.place(late)
    assert waits.value.until == NOON + timedelta(hours=2)
    [row] = rows(f"select state, waits_until from ops.videos where video_id = '{late}'")
    assert row == {"state": "waiting_channel", "waits_until": waits.value.until}
    with clock.replayed(waits.value.until):
        assert placing.place(late).channel_id == "mine"
    [row] = rows(f"select state, waits_until from ops.videos where video_id = '{late}'")
    assert row == {"state": "checked", "waits_until": None}


def test_those_that_wait_for_the_pace_have_a_turn_each() -> None:
    gap = timedelta(hours=2)
    add("mine", pacing=Pacing(per_day=9, min_gap_h=2))
    placing.place(video("first"))
    turns = {}
    for number in range(1, 4):
        video_id = video(str(number))
        with pytest.raises(MustWait) as waits:
            placing.place(video_id)
        turns[video_id] = waits.value.until
        assert waits.value.until == NOON + number * gap
    late = timedelta(seconds=5)
    for video_id, turn in turns.items():
        with clock.replayed(turn + late):  # workers come a little late, and go in their order
            assert placing.place(video_id).channel_id == "mine"
        late += timedelta(seconds=5)
    assert rows("select count(*) as waits from ops.choices where waits_for is not null") == [
        {"waits": 3}
    ]


def test_a_full_channels_videos_go_to_another_until_they_fit_again() -> None:
    add("mine", pacing=Pacing(per_day=2, min_gap_h=0))
    add("other")
    went = [placing.place(video(str(n))).channel_id for n in range(4)]
    assert went == ["mine", "mine", "other", "other"]
    with clock.replayed(NOON + timedelta(days=1)):
        assert placing.place(video("next day")).channel_id == "mine"
    told = rows("select kind, channel_id from ops.channel_events where kind = 'failed_over'")
    assert [row["channel_id"] for row in told] == ["mine", "mine"]


def test_nothing_is_said_to_wait_for_a_channel_that_was_never_connected() -> None:
    add("mine", connected=False)
    with pytest.raises(NotConfigured, match="not connected"):
        placing.place(video("one"))


def test_a_video_whose_upload_has_begun_keeps_its_place() -> None:
    add("mine")
    add("other")
    video_id = video("one")
    placed = placing.place(video_id)
    with connect() as db:
        db.execute(
            "insert into ops.uploads (video_id, channel_id, marker, state, session_uri, bytes) "
            "values (%s, 'mine', 'm', 'opened', 'uri', 1)",
            (video_id,),
        )
    accounts.set_state("mine", "paused")
    assert placing.place(video_id) == placed


def test_many_that_decide_at_once_take_a_slot_each_and_exceed_no_cap() -> None:
    posting = Posting(timezone="UTC", times=tuple(time(hour) for hour in range(0, 24, 2)))
    for name in ("mine", "other", "third"):
        add(name, posting=posting, pacing=Pacing(per_day=4, min_gap_h=3))
    videos = [video(str(n)) for n in range(14)]

    def decide(video_id: str) -> placing.Placed | MustWait:
        try:
            return placing.place(video_id)
        except MustWait as wait:
            return wait

    with ThreadPoolExecutor(14) as threads:
        decided = list(threads.map(decide, videos))
    placed = [each for each in decided if isinstance(each, placing.Placed)]
    assert len(placed) == 12, "four uploads a day on each of three channels"
    for name in ("mine", "other", "third"):
        slots = sorted(each.publish_at for each in placed if each.channel_id == name)
        assert len(slots) == 4
        assert all(b - a >= timedelta(hours=3) for a, b in pairwise(slots))
        days = [pacific_day(at) for at in slots]
        assert all(days.count(day) <= 4 for day in days)
    midnight = clock.next_pacific_midnight(NOON)
    assert {each.until for each in decided if isinstance(each, MustWait)} == {midnight}


@pytest.mark.parametrize("privacy", ["private", "unlisted"])
def test_what_is_not_to_be_public_has_no_slot(privacy: str) -> None:
    posting = Posting(timezone="UTC", times=(time(22),))
    add("mine", posting=posting, wording=Wording(privacy=privacy))
    assert placing.place(video("one")).publish_at is None


def test_a_failed_video_gives_its_slot_back() -> None:
    add("mine", posting=Posting(timezone="UTC", times=(time(22),)))
    first = video("one")
    slot = placing.place(first).publish_at
    queue.move(first, "failed")
    assert placing.place(video("two")).publish_at == slot


def test_a_request_for_a_niche_goes_to_each_of_its_channels_in_turn() -> None:
    for name in ("a", "b", "c"):
        add(f"channel-{name}")
    add("elsewhere", niche="money")
    add("other-house", owner="ada")
    went = []
    for number in range(6):
        request_id = requests.ask(
            niche="Tides", topic=f"Tide {number}", format=Format.SHORT, tier=Tier.STANDARD,
            script="# A tide\n\nThe sea rises twice a day.",
        )  # fmt: skip
        went.append(queue.get(request_id).channel_id)
    assert went == ["channel-a", "channel-b", "channel-c"] * 2
    chosen = rows("select request_id, channel_id from ops.choices order by choice_id")
    assert [row["channel_id"] for row in chosen] == went
    video_id = queue.accept(chosen[0]["request_id"])
    [told] = placing.choices_of(video_id)
    assert told["because"]["told"] == "the least share"


def test_the_form_asks_for_a_niche_of_an_owners_channels() -> None:
    add("mine")
    add("other-house", owner="ada")
    form = {"niche": "tides", "topic": "Tide", "script": "# A tide\n\nThe sea rises."}
    theirs = requests.accept_form(form | {"owner": "ada"}, "run-1")
    ours = requests.accept_form(form, "run-2")
    given = [queue.request_of(each).channel_id for each in (theirs, ours)]
    assert given == ["other-house", "mine"]


def test_asking_again_for_the_same_request_chooses_once() -> None:
    add("mine")
    words = {"topic": "Tide", "format": Format.SHORT, "tier": Tier.STANDARD,
             "script": "# A tide\n\nThe sea rises."}  # fmt: skip
    first = requests.ask(niche="tides", request_id="run-1", **words)
    add("another")
    assert requests.ask(niche="tides", request_id="run-1", **words) == first
    assert [row["channel_id"] for row in rows("select channel_id from ops.choices")] == ["mine"]


@pytest.mark.parametrize(("niche", "word"), [("knitting", "channel list"), ("tides", "paused")])
def test_a_niche_that_nobody_takes_is_refused_with_the_reasons(niche: str, word: str) -> None:
    add("mine")
    accounts.set_state("mine", "paused")
    with pytest.raises(InvalidInput) as refused:
        requests.ask(
            niche=niche, topic="x", format=Format.SHORT, tier=Tier.STANDARD, script="# A\n\nB."
        )
    assert word in str(refused.value)


def test_a_request_names_a_channel_or_a_niche() -> None:
    add("mine")
    for both in ({"channel": "mine", "niche": "tides"}, {}):
        with pytest.raises(InvalidInput, match="channel or a niche"):
            requests.ask(topic="x", format=Format.SHORT, tier=Tier.STANDARD, **both)
