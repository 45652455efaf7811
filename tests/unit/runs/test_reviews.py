"""Decisions on a real Postgres: bound to the content, the first answer counts, a block stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from ytempire.channels.accounts import Channel, add
from ytempire.domain import (
    Confidence,
    Fallback,
    Format,
    Part,
    PolicyFinding,
    Rating,
    Scene,
    Script,
    Verdict,
)
from ytempire.errors import InvalidInput, PolicyBlocked, ReleaseRejected
from ytempire.runs import artifacts, queue, reviews
from ytempire.runs.content import content_of
from ytempire.runs.stages import stage
from ytempire.warehouse.database import connect

pytestmark = pytest.mark.slow

RATING = Rating(
    parts=(Part(name="hook", score=71, weight=1, confidence=0.5, evidence=("a question",)),),
    total=71,
    confidence=0.5,
    unsupported=("9 of 10",),
)
SURE, UNSURE = Confidence(value=0.8), Confidence(value=0.5, reasons=("one claim has no source",))
SEVERE = PolicyFinding(
    category="scams", severity="severe", field="title", excerpt="double it", rule="scams.doubling"
)
CLEAN, BLOCKED = Verdict(), Verdict(findings=(SEVERE,))


def store(video_id: str, folder: Path, **parts: str) -> None:
    """Artefacts as stages leave them."""
    script = Script(
        title=parts.pop("title", "The sea"),
        scenes=(Scene(narration=parts.pop("body", "The sea is wide.")),),
    )
    files = {"script": script.model_dump_json(), "cut": "cut", "thumbnail": "thumb"} | parts
    for kind, text in files.items():
        path = folder / f"{kind}.bin"
        path.write_text(text, encoding="utf-8")
        artifacts.save(video_id, kind, path)


@pytest.fixture
def video_id(warehouse: None, tmp_path: Path) -> str:
    add(Channel(channel_id="mine", youtube_channel_id=None, title="Mine", niche="tides"))
    queue.put(queue.Request(request_id="r1", channel_id="mine", topic="Sea", format=Format.SHORT))
    video = queue.accept("r1")
    store(video, tmp_path)
    return video


def clean(title: str) -> Verdict:
    return BLOCKED if "double" in title else CLEAN


def asked(video_id: str) -> str:
    assert reviews.judge(video_id, RATING, CLEAN, UNSURE) == "review"
    return reviews.ask(video_id, UNSURE, RATING, CLEAN)


def test_a_sure_and_clean_video_may_go_out(video_id: str) -> None:
    assert reviews.judge(video_id, RATING, CLEAN, SURE) == "clear"
    reviews.release_of(video_id)


def test_what_was_not_judged_stays(video_id: str) -> None:
    with pytest.raises(ReleaseRejected, match="not judged"):
        reviews.release_of(video_id)


def test_an_unsure_video_waits_and_an_approval_lets_it_go(video_id: str) -> None:
    review = asked(video_id)
    assert reviews.ask(video_id, UNSURE, RATING, CLEAN) == review, "asked twice is asked once"
    with pytest.raises(ReleaseRejected, match="waits for a person: one claim has no source"):
        reviews.release_of(video_id)
    reviews.answer(review, "approve", "ada", recheck=clean)
    reviews.release_of(video_id)


def test_the_first_answer_counts(video_id: str) -> None:
    review = asked(video_id)
    reviews.answer(review, "reject", "ada", note="dull", recheck=clean)
    with pytest.raises(InvalidInput, match="ada has already answered: rejected"):
        reviews.answer(review, "approve", "bob", recheck=clean)
    assert not reviews.time_out(review)
    with pytest.raises(ReleaseRejected, match=r"rejected by ada\. dull"):
        reviews.release_of(video_id)


def test_silence_is_a_no(video_id: str) -> None:
    assert reviews.time_out(asked(video_id))
    with pytest.raises(ReleaseRejected, match=r"timed out[^$]*Clear `review`"):
        reviews.release_of(video_id)


def test_who_was_silent_is_asked_again_and_who_answered_is_not(video_id: str) -> None:
    review = asked(video_id)
    assert not reviews.reopen(review), "it still waits"
    reviews.time_out(review)
    queue.reject(video_id)
    assert reviews.reopen(review)
    queue.reconsider(video_id)
    with connect() as db:
        states = db.execute(
            "select v.state as video, r.state as request from ops.videos v "
            "join ops.requests r using (request_id)"
        ).fetchone()
    assert states == {"video": "in_review", "request": "accepted"}
    reviews.answer(review, "approve", "ada", recheck=clean)
    reviews.release_of(video_id)
    assert not reviews.reopen(review)


def test_what_served_instead_is_known_from_every_attempt_since_the_stage_was_redone(
    video_id: str,
) -> None:
    def attempt(name: str, *used: str) -> None:
        with stage(video_id, name) as run:
            for each in used:
                run.fell_back(Fallback(capability=name, wanted="best", used=each, reason="gone"))

    attempt("paint", "stock")
    attempt("narrate", "espeak")
    attempt("narrate")
    attempt("paint")
    spoken, painted = "narrate: espeak instead of best", "paint: stock instead of best"
    assert queue.fallbacks_of(video_id) == (spoken, painted)
    reviews.answer(asked(video_id), "redo", "ada", reviews.Changes(stage="paint"), recheck=clean)
    assert queue.fallbacks_of(video_id) == (spoken,)
    attempt("paint", "painter")
    assert queue.fallbacks_of(video_id) == (spoken, "paint: painter instead of best")


def test_what_the_policies_mind_in_a_new_title_is_noted_for_the_new_content(
    video_id: str, tmp_path: Path
) -> None:
    review, minded = asked(video_id), SEVERE.model_copy(update={"severity": "warn"})
    verdict = Verdict(findings=(minded,))
    changes = reviews.Changes(title="THE WIDE SEA")
    reviews.answer(review, "edit", "ada", changes, recheck=lambda title: verdict)
    store(video_id, tmp_path, title="THE WIDE SEA")
    for _ in range(2):
        reviews.carry(review)
    with connect() as db:
        noted = db.execute("select content, rule from ops.policy_findings").fetchall()
    assert noted == [{"content": content_of(video_id).digest, "rule": minded.rule}]


@pytest.mark.parametrize(
    "form", [{"title": "x" * 101}, {"thumbnail": "d"}, {"stage": "music"}, {"title": ["a"]}]
)
def test_a_form_with_a_value_that_cannot_be_is_told_as_such(form: dict[str, object]) -> None:
    with pytest.raises(InvalidInput, match="to answer with"):
        reviews.changes_of(form)


def test_an_approval_is_for_that_content_only(video_id: str, tmp_path: Path) -> None:
    reviews.answer(asked(video_id), "approve", "ada", recheck=clean)
    store(video_id, tmp_path, cut="another cut")
    with pytest.raises(ReleaseRejected, match="not judged"):
        reviews.release_of(video_id)


def test_a_block_stays_through_retries_approvals_and_new_cuts(
    video_id: str, tmp_path: Path
) -> None:
    assert reviews.judge(video_id, RATING, BLOCKED, SURE) == "blocked"
    assert reviews.judge(video_id, RATING, CLEAN, SURE) == "blocked", "a retry forced it"
    with pytest.raises(PolicyBlocked):
        reviews.ask(video_id, UNSURE, RATING, CLEAN)
    with pytest.raises(PolicyBlocked):
        reviews.release_of(video_id)
    store(video_id, tmp_path, cut="a new cut of the same words")
    assert reviews.judge(video_id, RATING, CLEAN, SURE) == "blocked"
    store(video_id, tmp_path, body="Other words.")
    assert reviews.judge(video_id, RATING, CLEAN, SURE) == "clear"


def test_a_new_title_is_checked_and_then_carries_the_approval(
    video_id: str, tmp_path: Path
) -> None:
    review = asked(video_id)
    with pytest.raises(PolicyBlocked, match="still waits"):
        reviews.answer(
            review, "edit", "ada", reviews.Changes(title="double your coins"), recheck=clean
        )
    for wrong in ("a < b", "two\nlines", "   "):
        with pytest.raises(InvalidInput):
            reviews.answer(review, "edit", "ada", reviews.Changes(title=wrong), recheck=clean)
    reviews.answer(review, "edit", "ada", reviews.Changes(title="The wide sea"), recheck=clean)
    store(video_id, tmp_path, title="The wide sea")
    reviews.carry(review)
    reviews.release_of(video_id)


def test_an_edit_carries_nothing_that_nobody_saw(video_id: str, tmp_path: Path) -> None:
    review = asked(video_id)
    reviews.answer(review, "edit", "ada", reviews.Changes(title="The wide sea"), recheck=clean)
    store(video_id, tmp_path, title="The wide sea", body="Other words.")
    with pytest.raises(ReleaseRejected, match="more than its review allowed: body"):
        reviews.carry(review)


def test_an_answer_is_kept_as_a_label_with_what_it_was_made_on(video_id: str) -> None:
    review = asked(video_id)
    reviews.answer(review, "redo", "ada", reviews.Changes(stage="paint"), "grey", recheck=clean)
    row = reviews.review_of(video_id)
    assert row is not None
    assert (row["state"], row["decided_by"], row["note"]) == ("redo", "ada", "grey")
    assert row["changes"] == {"stage": "paint"}
    assert row["features"]["parts"]["hook"]["score"] == 71
    assert row["features"]["unsupported"] == ["9 of 10"]
    with connect() as db:
        parts = db.execute("select part, score, evidence from ops.ratings").fetchall()
    assert parts == [{"part": "hook", "score": 71.0, "evidence": "a question"}]


def test_a_redo_discards_the_stage_and_what_follows_from_it(video_id: str, tmp_path: Path) -> None:
    store(video_id, tmp_path, voice="v", narration="n", pictures="2", report="r", captions="c",
          **{"picture-001": "p", "thumbnail-b": "t"})  # fmt: skip
    assert reviews.redo(video_id, "paint") == ("paint", "assemble", "check")
    with connect() as db:
        left = {row["kind"] for row in db.execute("select kind from ops.artifacts").fetchall()}
    assert left == {"script", "voice", "narration"}
    with pytest.raises(InvalidInput, match="Choose one of"):
        reviews.redo(video_id, "publish")


def test_the_content_is_title_words_thumbnail_and_cut(video_id: str, tmp_path: Path) -> None:
    before = content_of(video_id)
    for change in ({"title": "T"}, {"body": "B."}, {"thumbnail": "T"}, {"cut": "C"}):
        store(video_id, tmp_path, **change)
        assert content_of(video_id).digest != before.digest, change
        store(video_id, tmp_path)
    assert content_of(video_id).digest == before.digest
