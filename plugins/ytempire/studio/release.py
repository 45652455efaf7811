"""May a checked video go out? It is rated, held against the policies, and, when that leaves doubt,
shown to a person; what they answer is done here."""

from __future__ import annotations

import shutil
from typing import Any

from ytempire.config import settings
from ytempire.domain import (
    Confidence,
    Frozen,
    Narration,
    QualityReport,
    Rating,
    Script,
    Verdict,
)
from ytempire.errors import InvalidInput, ReleaseRejected
from ytempire.journal import Journal
from ytempire.providers.answer_cache import FolderCache
from ytempire.providers.judges import judge_for
from ytempire.providers.moderation import moderator
from ytempire.runs import artifacts, library, queue, reviews
from ytempire.runs.content import content_of, script_of
from ytempire.runs.stages import stage
from ytempire.studio import policy, rubric
from ytempire.studio.policy import Facts
from ytempire.studio.variety import Previous, closest

#: What a person may answer in Airflow, and what that is called in `ops.reviews`.
DECISIONS: dict[str, reviews.Decision] = {
    "Approve": "approve",
    "Edit": "edit",
    "Redo a stage": "redo",
    "Reject": "reject",
}


class Judgement(Frozen):
    """All that was found about a video: how good, how safe, how sure."""

    rating: Rating
    verdict: Verdict
    confidence: Confidence


def judge(
    video_id: str, script: Script, narration: Narration, report: QualityReport, journal: Journal
) -> Judgement:
    """Rate a video, hold it against the policies, and put it to a person where that leaves doubt.

    Doing it again for the same content changes nothing.
    """
    facts = facts_of(video_id, script)
    found = judged(script, narration, report, facts, journal)
    outcome = reviews.judge(video_id, found.rating, found.verdict, found.confidence)
    if outcome == "review":
        reviews.ask(video_id, found.confidence, found.rating, found.verdict)
    return found


def judged(
    script: Script, narration: Narration, report: QualityReport, facts: Facts, journal: Journal
) -> Judgement:
    """What rubric, policies and their confidence say; needs no warehouse."""
    config = settings().openai
    cache = FolderCache(settings().home / "cache" / "answers")
    verdict = policy.check(script, facts, journal, moderator(config))
    rating = rubric.rate(script, narration, report, facts, journal, judge_for(config, cache))
    return Judgement(
        rating=rating,
        verdict=verdict,
        confidence=rubric.confidence_of(rating, verdict, report, facts),
    )


def facts_of(video_id: str, script: Script) -> Facts:
    """What is known about a video beside its words."""
    request = queue.request_of(video_id)
    told = library.told_before(video_id)
    found = closest(
        script, [Previous(video_id=t.video_id, title=t.title, text=t.body) for t in told]
    )
    signals = request.evidence.get("signals", [])
    return Facts(
        is_simulated=bool(request.evidence.get("is_simulated")) and not request.script,
        is_own_words=bool(request.script),
        similarity=found.body if found else 0.0,
        similar_to=found.previous.title if found else "",
        given=(request.topic, *(_given(signal) for signal in signals)),
        titles=tuple(each.title for each in told),
        fallbacks=queue.fallbacks_of(video_id),
        credits=artifacts.lines(video_id, "credits"),
    )


def _given(signal: dict[str, Any]) -> str:
    """What the writer was told of a signal; ids and our own scores are nothing to judge by."""
    return (
        f"{signal['title']} | {signal.get('channel_title', '')} | {signal['views']} views, "
        f"{signal['views_per_hour']} an hour, since {str(signal['published_at'])[:16]}"
    )


def follow(video_id: str) -> str:
    """The task after the check: `publish`, or `review` while a person is asked.

    Raises:
        PolicyBlocked: a policy forbids it. ReleaseRejected: a person, or a time-out, said no.
    """
    try:
        reviews.release_of(video_id)
    except ReleaseRejected:
        asked = reviews.review_of(video_id)
        if asked is None or asked["state"] != "waiting":
            raise
        queue.move(video_id, "in_review")
        return "review"
    return "publish"


def question(video_id: str) -> tuple[str, str, str]:
    """The question to a person: its review, a headline, and in Markdown what it rests on.

    The review waits for an answer from now on, also one that had timed out.

    Raises:
        InvalidInput: a person has answered; the answer stays.
    """
    review = _review(video_id)
    if reviews.reopen(review["review_id"]):
        queue.reconsider(video_id)
    elif review["state"] != "waiting":
        raise reviews.answered(review)
    reviews.wait(review["review_id"], settings().review.timeout_h)
    script = script_of(video_id)
    parts = review["features"]["parts"]
    reasons = "\n".join(f"- {reason}" for reason in review["reasons"])
    rows = "\n".join(
        f"| {name.replace('_', ' ')} | {part['score']:.0f} | {part['confidence']:.0%} |"
        f" {_cell('; '.join(part['evidence']))} |"
        for name, part in parts.items()
    )
    body = f"""**{_cell(script.title)}** — score {review["score"]:.0f} of 100, confidence \
{review["confidence"]:.0%}

Why you are asked:

{reasons}

Watch it: `{artifacts.find(video_id, "cut")}`

Thumbnails a, b and c: `{artifacts.find(video_id, "thumbnail-a")}` and beside it

| part | score | confidence | why |
|---|---|---|---|
{rows}

*Edit* publishes it with the title or thumbnail that you give; *Redo a stage* makes that stage and \
what follows anew. Unanswered after {settings().review.timeout_h:g} h, it is rejected.
"""
    return review["review_id"], f"May “{script.title}” go out? ({video_id})", body


def resumed(video_id: str) -> str | None:
    """Finish what a lost worker left of an answer; returns the task that follows, or "" for none.
    None: there is no such answer to the present content, and a person is to be asked."""
    review = _review(video_id)
    if review["state"] in ("waiting", "timed_out", "rejected") or not _is_of_present(review):
        return None
    return _done(video_id, review["review_id"])


def _is_of_present(review: dict[str, Any]) -> bool:
    video_id, state = str(review["video_id"]), str(review["state"])
    if artifacts.find(video_id, "cut") is None:
        return state == "redo"  # it had begun to discard
    return state == "edited" or content_of(video_id).digest == str(review["content"])


def settle(video_id: str, answer: str, form: dict[str, Any], *, by: str | None) -> str:
    """Do what a person answered; returns the task that follows: `publish`, `redo` or none ("").

    The same answer again, after a worker was lost, finishes what was begun.

    Args:
        form: with the answer's `review`: the one whose cut was watched.
        by: who answered; None: the time-out did.

    Raises:
        InvalidInput: another cut than the one that was watched waits now, or the answer lacks
            what it needs (clear `review` to be asked again), or another one was given before,
            which stays.
        PolicyBlocked: a policy forbids the new title; clear `review` to give another.
    """
    review = _review(video_id)
    if by is not None and form.get("review") != review["review_id"]:
        raise InvalidInput(
            f"This answer is about another cut of video {video_id} than the one that waits.",
            "Clear `review`, and a person is asked about the present one.",
        )
    reviews.wait(review["review_id"], None)  # also where the answer cannot be done
    changes = reviews.changes_of(form)
    decision = DECISIONS[answer]
    if decision == "approve" and (changes.title or changes.thumbnail):
        decision = "edit"  # a person who gives a new title and approves means both
    if by is None:
        reviews.time_out(review["review_id"])
    elif review["state"] == "waiting":
        reviews.answer(
            review["review_id"],
            decision,
            by,
            changes,
            str(form.get("note") or ""),
            recheck=lambda title: _recheck(video_id, title),
        )
    elif not reviews.is_answer(review, decision, by, changes):
        raise reviews.answered(review)
    return _done(video_id, review["review_id"])


def _done(video_id: str, review_id: str) -> str:
    review = _review(video_id)
    changes = reviews.Changes.model_validate(review["changes"])
    if review["state"] == "edited":
        _edit(video_id, changes)
        reviews.carry(review_id)
    elif review["state"] == "redo":
        if changes.stage == "write" and not queue.request_of(video_id).script:
            library.discard(video_id)  # a person's own words stay what they are
        if changes.stage == "narrate":  # else the kept parts would be joined again
            shutil.rmtree(artifacts.workshop(video_id) / "spoken", ignore_errors=True)
        reviews.redo(video_id, changes.stage)
        return "redo"
    elif review["state"] != "approved":
        queue.reject(video_id)
        return ""
    return "publish"


def _edit(video_id: str, changes: reviews.Changes) -> None:
    folder = artifacts.workshop(video_id)
    if changes.title:
        script = script_of(video_id).model_copy(update={"title": changes.title})
        path = folder / "script.json"
        path.write_text(script.model_dump_json(indent=2), encoding="utf-8")
        artifacts.save(video_id, "script", path)
        queue.entitle(video_id, changes.title)
    if changes.thumbnail:
        chosen = artifacts.local(video_id, f"thumbnail-{changes.thumbnail}")
        artifacts.save(video_id, "thumbnail", chosen)


def _recheck(video_id: str, title: str) -> Verdict:
    """What the policies say of the script under its new title."""
    script = script_of(video_id).model_copy(update={"title": title})
    with stage(video_id, "check") as run:
        facts = facts_of(video_id, script)
        return policy.check(script, facts, run, moderator(settings().openai))


def _review(video_id: str) -> dict[str, Any]:
    review = reviews.review_of(video_id)
    if review is None:
        raise InvalidInput(f"Nobody was asked about video {video_id}.", "Clear `check`.")
    return review


def _cell(text: str) -> str:
    """Words of a script in a Markdown table, as they stand."""
    return " ".join(text.replace("|", "/").replace("`", "'").split())[:300]
