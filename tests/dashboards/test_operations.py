"""The page Operations: what it shows, what people do on it, and what each of two is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from ytempire.channels import accounts
from ytempire.channels.accounts import Channel, add
from ytempire.config import settings
from ytempire.domain import Format, Tier
from ytempire.emulators.youtube.server import running
from ytempire.local.simulated import connect_channels
from ytempire.people import audit, roster
from ytempire.people.roster import Role
from ytempire.runs import queue
from ytempire.runs.arranging import Arranged
from ytempire.runs.orders import Recall
from ytempire.warehouse.database import connect
from ytempire.warehouse.roles import ensure

from dashboards.operations.queue import _told
from tests.dashboards.conftest import Visitor
from tests.dashboards.pages import page, words

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]


@pytest.fixture(autouse=True)
def _asked(warehouse: None) -> None:
    """A channel with three requests, and three people."""
    st.cache_data.clear()
    st.cache_resource.clear()
    add(Channel(channel_id="tidewise", youtube_channel_id=None, title="Tidewise", niche="sea"))
    for number in range(3):
        queue.put(
            queue.Request(
                request_id=f"r{number}",
                channel_id="tidewise",
                topic=f"Tides of day {number} <script>",
                format=Format.SHORT,
            )
        )
    with connect() as db:
        ensure(db)
        for role, name in ((Role.VIEWER, "vi"), (Role.USER, "uma"), (Role.ADMIN, "ada")):
            roster.add(db, name, role, "correct horse battery")


def log() -> list[tuple[str, str, str, str]]:
    with connect() as db:
        return [(e.actor, e.action, e.target, e.outcome) for e in audit.latest(db)]


def press(app: AppTest, label: str) -> AppTest:
    next(each for each in app.button if each.label == label).click()
    app.run()
    assert not app.exception
    return app


def test_an_empty_house_says_what_comes_next() -> None:
    with connect() as db:
        db.execute("delete from ops.requests")
        db.execute("delete from ops.channels")
    said = words(page("operations"))
    for told in ("The queue is empty", "No video is being made", "There is no channel yet"):
        assert told in said


def test_chosen_requests_go_to_the_front_in_a_person_s_name(visitor: Visitor) -> None:
    visitor.name = "uma"
    app = page("operations")
    app.multiselect(key="queue-chosen").set_value(["r2"])
    press(app, "To the front")
    assert "To the front: 1 done" in words(app)
    assert queue.waiting() == ["r2", "r0", "r1"]
    assert log() == [("uma", "request.reorder", "r2", "done")]


def test_all_shown_get_a_priority_and_one_begun_meanwhile_is_told() -> None:
    app = page("operations")
    app.checkbox(key="queue-all").check()
    queue.accept("r1")
    press(app, "Premium")
    said = words(app)
    assert "Premium: 2 done" in said
    assert "r1 was accepted" in said
    assert {queue.get(each).tier for each in ("r0", "r2")} == {Tier.PREMIUM}
    assert queue.get("r1").tier == Tier.STANDARD


def test_nothing_chosen_is_refused_in_words() -> None:
    app = press(page("operations"), "Cancel")
    assert "0 requests are chosen" in words(app)
    assert len(queue.waiting()) == 3


def test_a_writer_that_is_not_told_to_stop_yet_is_not_said_to_have_stopped() -> None:
    with connect() as db:
        db.execute("insert into ops.script_orders (request_id, batch_id) values ('r1', 'batch_1')")
    app = page("operations")
    app.multiselect(key="queue-chosen").set_value(["r0", "r1"])
    said = words(press(app, "Cancel"))
    assert "Cancel: 2 done" in said
    assert "The writer could not be told to stop yet" in said
    assert "paid for: r1." in said
    assert "was told to stop" not in said


def test_each_order_that_is_called_off_is_said_with_what_became_of_it() -> None:
    sent = dict(zip("abc", Recall, strict=True))
    _, said = _told("Cancel", Arranged(tuple("abcd"), sent=sent))
    over, told, unreached = said.removesuffix(".").split(". ")
    assert over.endswith("no longer being written; what was is paid for: a")
    assert told.startswith("The writer was told to stop") and told.endswith(": b")
    assert unreached.startswith("The writer could not be told") and unreached.endswith(": c")


def test_of_more_than_fifty_the_first_fifty_are_offered() -> None:
    for number in range(3, 60):
        queue.put(
            queue.Request(
                request_id=f"r{number}", channel_id="tidewise", topic="T", format=Format.SHORT
            )
        )
    app = page("operations")
    every = app.checkbox(key="queue-all")
    assert every.label == "The first 50 that wait, as shown"
    every.check()
    press(app, "Cancel")
    assert "Cancel: 50 done" in words(app)
    assert len(queue.waiting()) == 10
    assert not app.checkbox(key="queue-all").value


def test_a_warehouse_that_breaks_off_within_a_deed_is_told() -> None:
    app = page("operations")
    app.multiselect(key="queue-chosen").set_value(["r2"])
    with connect() as db:
        db.execute("select pg_advisory_xact_lock(hashtext('ops.requests.place'))")
        ending = threading.Thread(target=end_who_waits_for_a_lock)
        ending.start()
        press(app, "To the front")
        ending.join()
    assert "Nobody knows what came of it" in words(app)
    assert queue.waiting() == ["r0", "r1", "r2"]
    assert [row[3] for row in log()] == ["failed"]
    assert app.multiselect(key="queue-chosen").value == ["r2"], "it stays chosen"


def end_who_waits_for_a_lock() -> None:
    """Ends the session that waits for the lock of the queue's places, once there is one."""
    ended = None
    while not ended:
        with connect() as db:
            ended = db.execute(
                "select pg_terminate_backend(pid) from pg_locks "
                "where locktype = 'advisory' and not granted"
            ).fetchone()


def asking(app: AppTest, topic: str) -> AppTest:
    """The form, filled in and sent."""
    [field] = [each for each in app.text_input if each.label == "Topic"]
    field.set_value(topic)
    return press(app, "Ask for it")


def test_one_form_that_is_sent_twice_is_one_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect() as db:
        db.execute("delete from ops.requests")
        db.execute("delete from ops.channels")
    with running(seed=7, state=tmp_path) as address:
        monkeypatch.setattr(settings().youtube, "endpoint", address)
        connect_channels(address, 7)
        drawn, again = page("operations"), page("operations")
        again.session_state["ask-form"] = drawn.session_state["ask-form"]
        again.run()  # what a second click sends is of the same form
        for app in (drawn, again):
            assert "Asked for: Why the sea rises" in words(asking(app, "Why the sea rises"))
        assert len(queue.waiting()) == 1
        [field] = [each for each in drawn.text_input if each.label == "Topic"]
        assert field.value == "", "the next form is another, and empty"
        asking(drawn, "Why the sea rises")
        assert len(queue.waiting()) == 2
    assert [row[1] for row in log()] == ["request.add"] * 3


def test_until_when_something_waits_is_in_the_queue() -> None:
    video_id = queue.accept("r0")
    with connect() as db:
        db.execute(
            "update ops.videos set state = 'waiting_quota', waits_until = '2026-12-01 08:00+00' "
            "where video_id = %s",
            (video_id,),
        )
    assert "until 1 Dec, 08:00 UTC" in words(page("operations"))


def test_a_second_click_on_connect_is_none() -> None:
    assert not AppTest.from_function(_run_finish).run().exception


def _run_finish() -> None:
    from dashboards.operations import channels

    channels._finish()


def test_a_viewer_is_shown_no_way_to_do_anything(visitor: Visitor) -> None:
    visitor.name = "vi"
    labels = {each.label for each in page("operations").button}
    assert not labels & {"Cancel", "Premium", "Ask for it", "Pause", "Next"}


@pytest.mark.parametrize("is_removed", [False, True])
def test_what_is_drawn_by_itself_ends_with_the_role(visitor: Visitor, is_removed: bool) -> None:
    visitor.name = "uma"
    cards = AppTest.from_function(_run_live).run()
    assert "No video is being made" in words(cards)
    with connect() as db:
        if is_removed:
            roster.remove(db, "uma")
        else:
            roster.change_role(db, "uma", Role.VIEWER)
    said = words(cards.run())
    assert "Operations is closed to you now" in said
    assert "No video is being made" not in said


def _run_live() -> None:
    from dashboards.operations import live

    live.show()


def test_a_user_sees_channels_and_an_admin_pauses_them(visitor: Visitor) -> None:
    visitor.name = "uma"
    assert "Pause" not in {each.label for each in page("operations").button}
    visitor.name = "ada"
    app = page("operations")
    app.text_input(key="pause-reason").set_value("copyright question")
    press(app, "Pause")
    assert accounts.channel("tidewise").state == "paused"
    assert "copyright question" in words(app)
    press(app, "Resume")
    assert accounts.channel("tidewise").state == "active"


def test_a_profile_is_applied_or_its_errors_told() -> None:
    app = page("operations")
    profile(app, "per_day: 4", "per_day: 7")
    press(app, "Apply")
    assert accounts.channel("tidewise").pacing.per_day == 7
    with connect() as db:
        assert audit.latest(db)[0].details == {"changed": ["pacing.per_day"]}
    app.text_area[0].set_value("niche: [")
    press(app, "Apply")
    assert "Nothing was changed" in words(app)
    assert accounts.channel("tidewise").niche == "sea"


def profile(app: AppTest, before: str, after: str) -> None:
    """Writes something else into the profile's field."""
    [field] = app.text_area
    assert before in field.value
    field.set_value(field.value.replace(before, after))


def test_of_two_who_change_a_profile_the_second_sees_what_the_first_did(visitor: Visitor) -> None:
    first, second = page("operations"), page("operations")
    profile(first, "per_day: 4", "per_day: 7")
    press(first, "Apply")
    profile(second, "niche: sea", "niche: tides")
    press(second, "Apply")
    assert "was changed since this page was drawn" in words(second)
    now = accounts.channel("tidewise")
    assert (now.pacing.per_day, now.niche) == (7, "sea")
    profile(second, "niche: sea", "niche: tides")
    press(second, "Apply")
    now = accounts.channel("tidewise")
    assert (now.pacing.per_day, now.niche) == (7, "tides")


FORM = ("title", "thumbnail", "stage", "note", "by", "review")


class _Airflow(BaseHTTPRequestHandler):
    """Airflow's endpoints of a question that waits: the first answer counts, a second gets 409."""

    video_id = ""
    answered: list[dict[str, Any]]

    def do_GET(self) -> None:
        if "pools/gpu" in self.path:
            self._say(200, {"name": "gpu", "slots": 3, "open_slots": 3 - len(self.answered)})
            return
        if "xcomEntries" in self.path:
            self._say(200, {"value": self.video_id})
            return
        instance = {"dag_id": "produce_video", "task_id": "review", "dag_run_id": "r0"}
        question = {
            "task_instance": instance,
            "subject": "May it go out?",
            "body": "",
            "options": ["Approve", "Edit", "Redo a stage", "Reject"],
            "params": {name: {"value": ""} for name in FORM},
        }
        self._say(200, {"hitl_details": [] if self.answered else [question]})

    def do_POST(self) -> None:
        self._body()
        self._say(201, {"access_token": "t"})

    def do_PATCH(self) -> None:
        body = self._body()
        if self.answered:
            self._say(409, {"detail": "answered"})
            return
        self.answered.append(body)
        self._say(200, {"responded_at": "2026-11-29T07:00:00Z"})

    def _body(self) -> dict[str, Any]:
        return dict(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _say(self, status: int, answer: dict[str, Any]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def in_review() -> str:
    """A video that waits for a person; its id."""
    video_id = queue.accept("r0")
    queue.move(video_id, "in_review")
    ask(video_id, "q")
    return video_id


def ask(video_id: str, review_id: str) -> None:
    """Puts a cut of a video to a person."""
    with connect() as db:
        db.execute(
            "insert into ops.reviews (review_id, video_id, content, confidence, score, reasons, "
            "features, waits_until) values (%(id)s, %(video)s, %(id)s, 0.5, 61, "
            "'[\"one claim has no source\"]', '{}', '2026-12-01 07:05+00')",
            {"id": review_id, "video": video_id},
        )


@pytest.fixture
def airflow(in_review: str, home: Path) -> Iterator[list[dict[str, Any]]]:
    """A server that speaks as Airflow does of one question; the answers it took."""
    answers: list[dict[str, Any]] = []
    handler = type("Asked", (_Airflow,), {"video_id": in_review, "answered": answers})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    noted = home / "local.env"  # where `up` writes the ports that it chose
    before = noted.read_text()
    noted.write_text(f"{before}\nYTEMPIRE_PORTS__AIRFLOW={server.server_port}\n")
    yield answers
    noted.write_text(before)
    server.shutdown()
    thread.join()
    server.server_close()


def test_of_two_people_the_second_is_told_who_answered(
    visitor: Visitor, in_review: str, airflow: list[dict[str, Any]]
) -> None:
    visitor.name = "uma"
    first = page("operations")
    visitor.name = "ada"
    second = page("operations")
    assert "one claim has no source" in words(second)
    assert "Pool of 3, 3 free; none painting" in words(second)
    visitor.name = "uma"
    first.text_input(key="review-title-q").set_value("Tides, told anew")
    press(first, "Save the title")
    assert "Answered: edit" in words(first)
    assert "None waiting for a person" in words(first)
    visitor.name = "ada"
    press(second, "Reject")
    assert "uma has answered for" in words(second)
    [answer] = airflow
    assert answer["chosen_options"] == ["Edit"]
    assert answer["params_input"] == {
        "title": "Tides, told anew",
        "thumbnail": "",
        "stage": "",
        "note": "",
        "by": "uma",
        "review": "q",
    }
    assert [row[0::3] for row in log()] == [("ada", "failed"), ("uma", "done")]


def test_what_silence_means_and_what_is_simulated_is_said(in_review: str) -> None:
    with connect() as db:
        db.execute("update ops.channels set is_simulated = true")
    said = words(page("operations")).split("Queue")[0]
    assert "Without an answer it is rejected on 1 Dec at 07:05 UTC" in said
    assert "SIMULATED" in said


def test_the_inbox_is_of_the_channel_that_the_address_names(in_review: str) -> None:
    add(Channel(channel_id="ledgerly", youtube_channel_id=None, title="Ledgerly", niche="coins"))
    said = words(page("operations", **{"reviews-of": "Tidewise"}))
    assert "1 waiting for a person" in said
    st.cache_data.clear()
    said = words(page("operations", **{"reviews-of": "Ledgerly"}))
    assert "Nothing of this channel waits; choose all" in said
    assert "one claim has no source" not in said


def test_a_cut_that_nobody_watched_is_not_approved(
    in_review: str, airflow: list[dict[str, Any]]
) -> None:
    app = page("operations")
    with connect() as db:
        db.execute("update ops.reviews set state = 'redo'")
    ask(in_review, "of-a-new-cut")
    press(app, "Approve")
    said = words(app)
    assert "waits for no answer any more" in said
    assert "another cut waits now, it has to be watched itself" in said
    assert airflow == []
    press(app, "Approve")
    assert [answer["params_input"]["review"] for answer in airflow] == ["of-a-new-cut"]


def test_what_is_wrong_with_a_second_answer_is_told_and_not_that_somebody_was_first(
    visitor: Visitor, in_review: str, airflow: list[dict[str, Any]]
) -> None:
    visitor.name = "uma"
    press(page("operations"), "Reject")
    ask(in_review, "of-a-new-cut")
    airflow.clear()
    st.cache_data.clear()
    visitor.name = "ada"
    app = page("operations")
    app.text_input(key="review-title-of-a-new-cut").set_value("Tides < all")
    said = words(press(app, "Save the title"))
    assert "YouTube takes no such title" in said


def test_while_airflow_is_down_the_rest_of_the_page_works(in_review: str) -> None:
    app = press(page("operations"), "Approve")
    said = words(app)
    assert "Nothing was changed" in said
    assert "Airflow at" in said
    assert "Airflow does not say how many slots are free" in said
    assert "Queue" in said
    app.multiselect(key="queue-chosen").set_value(["r2"])
    assert "To the front: 1 done" in words(press(app, "To the front"))


def test_a_warehouse_that_breaks_off_within_a_page_is_told() -> None:
    app = AppTest.from_function(_run_broken).run()
    assert not app.exception
    assert "The warehouse broke off while this page was drawn" in words(app)


def _run_broken() -> None:
    from ytempire.warehouse.database import connect

    from dashboards import parts

    def show() -> None:
        with connect() as db:
            db.execute("select pg_terminate_backend(pg_backend_pid())")

    parts.page("Broken")(show)()
