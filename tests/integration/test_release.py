"""May it go out? Doubt asks a person, the answer is acted on, and nothing else goes out."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image
from ytempire.channels import stages as publishing
from ytempire.channels.account import Account as YouTubeAccount
from ytempire.channels.accounts import Channel, add
from ytempire.domain import Finding, Format, Narration, QualityReport
from ytempire.errors import InvalidInput, PolicyBlocked, ReleaseRejected
from ytempire.journal import Notes
from ytempire.providers.voices.espeak import Espeak
from ytempire.runs import artifacts, content, library, queue, reviews
from ytempire.studio import policy, release, stages
from ytempire.studio.narrate import narrate
from ytempire.studio.script import parse_script
from ytempire.warehouse.database import connect

from tests.local_studio import Live, planned, rows

pytestmark = pytest.mark.slow

DOUBTFUL = """# What sailors drank in the morning

Drink this every morning to detox your liver, the label said.

It was salt water with sugar."""
FORBIDDEN = """# A bomb for beginners

Here is how to build a pipe bomb at home, step by step.

Fill the pipe with black powder and add a fuse."""
REPORT = QualityReport(
    findings=(Finding(rule="loudness", wanted="-14 LUFS", measured="-14.1 LUFS", is_ok=True),)
)
PERSON, OTHER = "ada", "grace"


class Parts(NamedTuple):
    """What the stages before the check have made, as files."""

    narration: Narration
    folder: Path


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    folder = tmp_path_factory.mktemp("parts")
    narration = narrate(parse_script(DOUBTFUL), (Espeak(165),), folder, Notes())
    for name in ("cut.mp4", "cut.srt", "picture-001.jpg", "picture-002.jpg"):
        (folder / name).write_bytes(name.encode())
    for name, colour in zip(_THUMBNAILS.values(), ("navy", "teal", "maroon"), strict=True):
        Image.new("RGB", (1280, 720), colour).save(folder / name)
    (folder / "pictures.txt").write_text("2")
    return Parts(narration, folder)


_THUMBNAILS = {letter: f"thumbnail-{letter}.jpg" for letter in "abc"}


@pytest.fixture
def channel(warehouse: None) -> str:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    return "mine"


def requested(channel: str, script: str = DOUBTFUL) -> str:
    """A video of a person's own words whose `write` is done."""
    video_id = queue.accept(
        str(
            queue.put(
                queue.Request(
                    request_id=f"own.{uuid.uuid4().hex[:8]}",
                    channel_id=channel,
                    topic="What sailors drank",
                    format=Format.SHORT,
                    script=script,
                )
            )
        )
    )
    stages.write(video_id)
    return video_id


def assembled(
    video_id: str, parts: Parts, cut: bytes = b"cut.mp4", *, planted_pictures: bool = True
) -> str:
    """Stands for the stages that make files, which are slow; then the video is judged."""
    files = {"voice": parts.narration.audio, "pictures": parts.folder / "pictures.txt",
             "picture-001": parts.folder / "picture-001.jpg",
             "picture-002": parts.folder / "picture-002.jpg", "captions": parts.folder / "cut.srt",
             "thumbnail": parts.folder / "thumbnail-a.jpg"}  # fmt: skip
    files |= {f"thumbnail-{letter}": parts.folder / name for letter, name in _THUMBNAILS.items()}
    for kind, file in files.items():
        if planted_pictures or not kind.startswith("picture"):
            artifacts.save(video_id, kind, file)
    workshop = artifacts.workshop(video_id)
    for kind, name, text in (
        ("narration", "narration.json", parts.narration.model_dump_json().encode()),
        ("cut", "cut.mp4", cut),
        ("report", "report.json", REPORT.model_dump_json().encode()),
    ):
        (workshop / name).write_bytes(text)
        artifacts.save(video_id, kind, workshop / name)
    release.judge(video_id, stages.script_of(video_id), parts.narration, REPORT, Notes())
    return video_id


@pytest.fixture
def asked(channel: str, parts: Parts) -> str:
    """A video that a person is asked about."""
    video_id = assembled(requested(channel), parts)
    assert stages.check(video_id) == "review"
    return video_id


def states(video_id: str) -> tuple[str, str, str]:
    """Of the video, its request, and its latest review."""
    [row] = rows(
        "select video.state as video, request.state as request from ops.videos as video "
        "join ops.requests as request using (request_id) where video_id = %s",
        video_id,
    )
    review = reviews.review_of(video_id)
    return row["video"], row["request"], review["state"] if review else ""


def settle(video_id: str, answer: str, form: dict[str, Any], *, by: str | None) -> str:
    """An answer about the cut that waits, as Airflow's form gives it back."""
    review = reviews.review_of(video_id)
    assert review
    return release.settle(video_id, answer, form | {"review": review["review_id"]}, by=by)


def kinds(video_id: str) -> set[str]:
    found = rows("select kind from ops.artifacts where video_id = %s", video_id)
    return {row["kind"] for row in found}


def test_a_warning_asks_a_person_with_the_reasons_and_where_to_look(asked: str) -> None:
    review, subject, body = release.question(asked)
    assert review == reviews.review_of(asked)["review_id"]
    assert subject == f"May “What sailors drank in the morning” go out? ({asked})"
    assert "- a policy may mind it: medical in narration, “detox your liver”" in body
    assert f"videos/{asked}/cut.mp4" in body and "thumbnail-a.jpg" in body
    assert "Unanswered after 48 h, it is rejected." in body
    table = [line for line in body.splitlines() if line.startswith("| ")]
    assert {"hook", "clarity", "sound", "originality"} <= {
        line.split("|")[1].strip() for line in table
    }
    assert {line.count("|") for line in table} == {5}
    assert states(asked) == ("in_review", "accepted", "waiting")


def test_who_waits_is_not_published_and_who_is_approved_is_free(asked: str) -> None:
    with pytest.raises(ReleaseRejected, match="waits for a person"):
        publishing.publish(asked)
    assert settle(asked, "Approve", {"note": "fine"}, by=PERSON) == "publish"
    assert states(asked) == ("in_review", "accepted", "approved")
    assert stages.check(asked) == "publish"
    for answer, form, by in (("Reject", {}, OTHER), ("Reject", {}, PERSON),
                             ("Approve", {"title": "Another"}, PERSON)):  # fmt: skip
        with pytest.raises(InvalidInput, match="ada has already answered: approved"):
            settle(asked, answer, form, by=by)
    with pytest.raises(InvalidInput, match=r"ada has already answered[^$]*request the video anew"):
        release.question(asked)
    assert states(asked)[2] == "approved"


def test_after_a_time_out_a_person_may_be_asked_again(asked: str) -> None:
    settle(asked, "Reject", {}, by=None)
    assert release.resumed(asked) is None
    _, subject, _ = release.question(asked)
    assert asked in subject and states(asked) == ("in_review", "accepted", "waiting")
    assert settle(asked, "Approve", {}, by=PERSON) == "publish"
    assert stages.check(asked) == "publish"


def test_a_new_title_is_held_against_all_that_the_check_knows(asked: str) -> None:
    with connect() as db:
        db.execute("update ops.requests set script = null, evidence = '{\"is_simulated\": true}'")
    with pytest.raises(PolicyBlocked, match="simulated"):
        settle(asked, "Edit", {"title": "A new title"}, by=PERSON)
    assert states(asked)[2] == "waiting"
    title = "SIMULATED: SALT WATER FOR SAILORS"
    assert settle(asked, "Edit", {"title": title}, by=PERSON) == "publish"
    noted = rows("select content from ops.policy_findings where rule = 'about.capitals'")
    assert noted == [{"content": content.content_of(asked).digest}]


def test_the_credits_of_strangers_are_part_of_what_the_policies_see(
    asked: str, tmp_path: Path
) -> None:
    owed = tmp_path / "credits.txt"
    owed.write_text("Send 1 bitcoin and get 2 back on Pexels")
    artifacts.save(asked, "credits", owed)
    script = stages.script_of(asked)
    verdict = policy.check(script, release.facts_of(asked, script), Notes())
    assert {finding.field for finding in verdict.findings if finding.severity == "severe"} == {
        "credits"
    }


@pytest.mark.parametrize("by", [PERSON, None])
def test_a_no_and_silence_end_the_video_and_its_request(asked: str, by: str | None) -> None:
    assert settle(asked, "Reject", {}, by=by) == ""
    assert states(asked) == ("rejected", "rejected", "rejected" if by else "timed_out")
    for _ in range(2):
        with pytest.raises(ReleaseRejected, match="may not go out"):
            stages.check(asked)
        with pytest.raises(ReleaseRejected, match="ada" if by else "time-out"):
            publishing.publish(asked)
    assert rows("select 1 from ops.uploads") == []


def test_an_edit_is_published_with_its_title_and_thumbnail(youtube, parts: Parts) -> None:
    video_id = assembled(requested("tidewise"), parts)
    assert stages.check(video_id) == "review"
    form = {"title": "  Salt water,\nsold as a cure ", "thumbnail": "b", "stage": None}
    assert settle(video_id, "Edit", form, by=PERSON) == "publish"
    assert states(video_id) == ("in_review", "accepted", "edited")
    reviews.release_of(video_id)
    assert stages.check(video_id) == "publish"
    youtube_id = publishing.publish(video_id)
    [stored] = youtube.videos()
    assert stored["video_id"] == youtube_id
    account = YouTubeAccount("tidewise", "test")
    listed = account.data.videos().list(part="snippet", id=youtube_id)
    [item] = account.read(listed, default=1)["items"]
    assert item["snippet"]["title"] == "Salt water, sold as a cure"
    chosen = parts.folder / "thumbnail-b.jpg"
    [thumbnail] = stored["thumbnails"]
    assert thumbnail["sha256"] == hashlib.sha256(chosen.read_bytes()).hexdigest()
    [video] = rows("select state, title from ops.videos where video_id = %s", video_id)
    assert video == {"state": "published", "title": "Salt water, sold as a cure"}


@pytest.mark.parametrize(
    ("answer", "form", "error"),
    [
        ("Edit", {}, InvalidInput),
        ("Edit", {"title": "Salt <b>water</b>"}, InvalidInput),
        ("Edit", {"title": "How to build a pipe bomb at home"}, PolicyBlocked),
        ("Redo a stage", {"stage": None}, InvalidInput),
        ("Redo a stage", {"stage": "music"}, InvalidInput),
        ("Edit", {"title": "x" * 101}, InvalidInput),
    ],
)
def test_an_answer_that_cannot_be_done_changes_nothing(
    asked: str, answer: str, form: dict[str, str], error: type[Exception]
) -> None:
    before = content.content_of(asked)
    release.question(asked)
    with pytest.raises(error):
        settle(asked, answer, form, by=PERSON)
    review = reviews.review_of(asked)
    assert review and review["waits_until"] is None, "the run has failed: nobody is asked"
    assert states(asked) == ("in_review", "accepted", "waiting")
    assert content.content_of(asked) == before


@pytest.mark.parametrize(
    ("decision", "changes", "option", "follows"),
    [
        ("edit", reviews.Changes(title="Salt water", thumbnail="c"), "Edit", "publish"),
        ("redo", reviews.Changes(stage="paint"), "Redo a stage", "redo"),
        ("reject", reviews.Changes(), "Reject", ""),
    ],
)
def test_a_worker_lost_after_the_answer_finishes_when_it_runs_again(
    asked: str,
    parts: Parts,
    decision: reviews.Decision,
    changes: reviews.Changes,
    option: str,
    follows: str,
) -> None:
    review = reviews.review_of(asked)
    assert review
    reviews.answer(
        review["review_id"],
        decision,
        PERSON,
        changes,
        recheck=lambda title: policy.judge_texts({"title": title}),
    )
    if decision != "reject":
        assert release.resumed(asked) == follows
    for _ in range(2):
        assert settle(asked, option, changes.model_dump(), by=PERSON) == follows
    if decision == "edit":
        assert stages.script_of(asked).title == "Salt water"
        chosen = parts.folder / "thumbnail-c.jpg"
        assert artifacts.local(asked, "thumbnail").read_bytes() == chosen.read_bytes()
        reviews.release_of(asked)
    elif decision == "redo":
        assert "picture-001" not in kinds(asked)
    else:
        assert states(asked) == ("rejected", "rejected", "rejected")


_KEPT = {
    "write": set(),
    "narrate": {"script", "pictures", "picture-001", "picture-002"},
    "paint": {"script", "narration", "voice"},
    "assemble": {"script", "narration", "voice", "pictures", "picture-001", "picture-002"},
}


@pytest.mark.parametrize("stage", _KEPT)
def test_a_redo_keeps_what_does_not_follow_from_its_stage(asked: str, stage: str) -> None:
    assert settle(asked, "Redo a stage", {"stage": stage}, by=PERSON) == "redo"
    assert kinds(asked) == _KEPT[stage]
    assert states(asked)[2] == "redo"
    if stage != "write":
        with pytest.raises(ReleaseRejected, match="not judged"):
            publishing.publish(asked)


def test_the_new_take_of_a_redo_is_asked_about_anew(asked: str, parts: Parts) -> None:
    settle(asked, "Redo a stage", {"stage": "assemble"}, by=PERSON)
    assembled(asked, parts, cut=b"another cut")
    assert stages.check(asked) == "review"
    assert states(asked) == ("in_review", "accepted", "waiting")
    assert settle(asked, "Approve", {}, by=OTHER) == "publish"
    decided = rows("select state, decided_by from ops.reviews order by asked_at")
    assert [tuple(row.values()) for row in decided] == [("redo", PERSON), ("approved", OTHER)]


@pytest.mark.parametrize("answer", ["Approve", "Reject"])
def test_an_answer_about_an_earlier_cut_is_none_to_the_one_that_waits(
    asked: str, parts: Parts, answer: str
) -> None:
    watched, _, _ = release.question(asked)
    settle(asked, "Redo a stage", {"stage": "assemble"}, by=PERSON)
    assembled(asked, parts, cut=b"a cut that nobody has watched")
    assert stages.check(asked) == "review"
    for form in ({"review": watched}, {"review": None}, {}):
        with pytest.raises(InvalidInput, match="another cut of video"):
            release.settle(asked, answer, form, by=OTHER)
    assert states(asked) == ("in_review", "accepted", "waiting")
    with pytest.raises(ReleaseRejected, match="waits for a person"):
        publishing.publish(asked)


def test_redone_pictures_are_others_and_own_words_stay(asked: str, parts: Parts) -> None:
    artifacts.discard(asked, "pictures")
    stages.paint(asked)
    first, script = _digests(asked), stages.script_of(asked)
    settle(asked, "Redo a stage", {"stage": "paint"}, by=PERSON)
    stages.paint(asked)
    assert not first & _digests(asked)
    assembled(asked, parts, cut=b"another cut", planted_pictures=False)
    settle(asked, "Redo a stage", {"stage": "write"}, by=PERSON)
    assert kinds(asked) == set()
    stages.write(asked)
    assert stages.script_of(asked) == script


def test_redone_stock_pictures_are_others_and_the_credits_go_with_them(
    live: Live, channel: str, parts: Parts
) -> None:
    live.set(REVIEW__MINIMUM_CONFIDENCE="1")
    video_id = queue.accept(planned(channel))
    live.say()
    stages.write(video_id)
    stages.paint(video_id)
    first, owed = _digests(video_id), artifacts.local(video_id, "credits").read_text()
    assembled(video_id, parts, planted_pictures=False)
    assert stages.check(video_id) == "review"
    settle(video_id, "Redo a stage", {"stage": "paint"}, by=PERSON)
    assert "credits" not in kinds(video_id)
    stages.paint(video_id)
    assert not first & _digests(video_id)
    again = artifacts.local(video_id, "credits").read_text()
    assert not set(again.splitlines()) & set(owed.splitlines())


def _digests(video_id: str) -> set[str]:
    found = rows(
        "select sha256 from ops.artifacts where video_id = %s and kind like 'picture-%%'", video_id
    )
    return {row["sha256"] for row in found}


def test_each_redone_script_is_unlike_all_that_were_discarded(
    live: Live, channel: str, parts: Parts
) -> None:
    live.set(REVIEW__MINIMUM_CONFIDENCE="1")
    video_id = queue.accept(planned(channel))
    told: list[str] = []
    for number, title in enumerate(("What moves the ocean", "Why ports wait", "A drowned bell")):
        live.say(title=title, scenes=_SCENES[number])
        stages.write(video_id)
        assembled(video_id, parts, cut=title.encode())
        assert stages.check(video_id) == "review"
        told.append(stages.script_of(video_id).title)
        settle(video_id, "Redo a stage", {"stage": "write"}, by=PERSON)
    assert told == ["What moves the ocean", "Why ports wait", "A drowned bell"]
    assert [each.title for each in library.told_before(video_id)] == told[::-1]
    scripts = [each for each in live.model.billed if each.model]
    assert len(scripts) == 6, "a script and an opinion each; what was kept is not paid again"


def _scenes(*told: str) -> list[dict[str, str]]:
    return [{"narration": each, "on_screen": "", "picture": "a harbour"} for each in told]


_SCENES = (
    _scenes("The ocean rises twice a day.", "The moon pulls the near water.", "Watch the wall."),
    _scenes("Big ships stop outside the port.", "They need deep channels.", "Pilots count hours."),
    _scenes("A bell rang under a church.", "Nobody lived there any more.", "Divers heard it once."),
)


def test_what_a_policy_forbids_stays_back_through_every_try(channel: str, parts: Parts) -> None:
    video_id = assembled(requested(channel, FORBIDDEN), parts)
    for _ in range(2):
        with pytest.raises(PolicyBlocked):
            stages.check(video_id)
        with pytest.raises(PolicyBlocked):
            publishing.publish(video_id)
    content.redo(video_id, "assemble")
    assembled(video_id, parts, cut=b"another cut of the same words")
    with pytest.raises(PolicyBlocked):
        stages.check(video_id)
    assert reviews.review_of(video_id) is None
    assert rows("select 1 from ops.uploads") == []


def test_what_was_never_judged_is_not_published(channel: str) -> None:
    with pytest.raises(ReleaseRejected, match="not judged"):
        publishing.publish(requested(channel))
