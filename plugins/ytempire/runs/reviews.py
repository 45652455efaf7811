"""May this content go out? What was found, who was asked, what they said; each answer is a label.

Everything is bound to a digest of the content: script, thumbnail and cut. A retry of the same
content meets the decision it has; other content needs a decision of its own. What a policy
forbids, no answer lifts.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Literal

import psycopg
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from ytempire.config import settings
from ytempire.domain import Confidence, Rating, Verdict
from ytempire.errors import InvalidInput, PolicyBlocked, ReleaseRejected
from ytempire.runs.changes import Changes, changes_of, require_sense
from ytempire.runs.content import Content, content_of, hashed, redo
from ytempire.runs.findings import note_findings, note_rating
from ytempire.warehouse.database import connect

__all__ = [
    "Changes",
    "answer",
    "ask",
    "carry",
    "changes_of",
    "judge",
    "redo",
    "release_of",
    "reopen",
    "require_sense",
    "review_of",
    "time_out",
    "wait",
]

Decision = Literal["approve", "edit", "redo", "reject"]
Outcome = Literal["clear", "review", "blocked"]

_STATES = {"approve": "approved", "edit": "edited", "redo": "redo", "reject": "rejected"}
#: Nobody: the time-out answers for whoever did not.
TIME_OUT = "time-out"


def judge(video_id: str, rating: Rating, verdict: Verdict, confidence: Confidence) -> Outcome:
    """Note what was found about the present content, and whether it may go out as it is.

    `blocked`: a policy forbids it. `review`: a person is asked. `clear`: neither. The same content
    keeps the answer it got first, and words that were blocked stay so in whatever new cut.
    """
    now = content_of(video_id)
    content = now.digest
    outcome: Outcome = "clear"
    if confidence.value < settings().review.minimum_confidence:
        outcome = "review"
    if verdict.is_blocked:
        outcome = "blocked"
    with connect() as db:
        if _were_blocked(db, video_id, now.words):
            outcome = "blocked"
        row = db.execute(
            """
            insert into ops.releases (video_id, content, verdict, confidence, reasons)
            values (%s, %s, %s, %s, %s) on conflict (video_id, content) do nothing
            returning verdict
            """,
            (video_id, content, outcome, confidence.value, Jsonb(list(confidence.reasons))),
        ).fetchone()
        if row is None:
            return _released(db, video_id, content)
        note_rating(db, video_id, content, rating)
        note_findings(db, video_id, content, verdict)
    return outcome


def ask(video_id: str, confidence: Confidence, rating: Rating, verdict: Verdict) -> str:
    """Put the question to a person, once for each content; returns the review's id.

    Raises:
        PolicyBlocked: a policy forbids this content; there is nothing to ask.
    """
    content = content_of(video_id)
    if verdict.is_blocked:
        raise _blocked(video_id, _why(verdict))
    features = {
        "content": content.model_dump(),
        "parts": {part.name: part.model_dump(mode="json") for part in rating.parts},
        "unsupported": list(rating.unsupported),
        "verdict": verdict.model_dump(mode="json"),
    }
    with connect() as db:
        _refuse_blocked(db, video_id, content.digest)
        db.execute(
            """
            insert into ops.reviews (review_id, video_id, content, confidence, score, reasons,
                                     features)
            values (%s, %s, %s, %s, %s, %s, %s) on conflict (video_id, content) do nothing
            """,
            (
                uuid.uuid4().hex,
                video_id,
                content.digest,
                confidence.value,
                rating.total,
                Jsonb(list(confidence.reasons)),
                Jsonb(features),
            ),
        )
        row = db.execute(
            "select review_id from ops.reviews where video_id = %s and content = %s",
            (video_id, content.digest),
        ).fetchone()
    assert row is not None
    return str(row["review_id"])


def answer(
    review_id: str,
    decision: Decision,
    by: str,
    changes: Changes | None = None,
    note: str = "",
    *,
    recheck: Callable[[str], Verdict],
) -> None:
    """Take a person's answer: the first one counts, and stays as a label.

    Args:
        recheck: the policy's verdict on the script with a changed title.

    Raises:
        InvalidInput: the review is unknown or was answered (it says by whom); `edit` changes
            nothing, `redo` names no stage, or the new title cannot be one.
        PolicyBlocked: a policy forbids the content, or the new title.
    """
    changes = changes or Changes()
    require_sense(decision, changes)
    verdict: Verdict | None = None
    if decision == "edit" and changes.title:
        verdict = recheck(changes.title)
        if verdict.is_blocked:
            raise PolicyBlocked(
                f"A policy forbids the title “{changes.title}”: {_why(verdict)}",
                "Choose other words; the review still waits.",
            )
    with connect() as db:
        row = db.execute(
            "select * from ops.reviews where review_id = %s for update", (review_id,)
        ).fetchone()
        if row is None:
            raise InvalidInput(f"There is no review {review_id}.", "Look at the list of reviews.")
        if row["state"] != "waiting":
            raise answered(row)
        if decision in ("approve", "edit"):
            _refuse_blocked(db, row["video_id"], row["content"])
        _decide(db, review_id, _STATES[decision], by, changes, note)
        if verdict is not None:
            edit = {"edit": verdict.model_dump(mode="json")}
            db.execute(
                "update ops.reviews set features = features || %s where review_id = %s",
                (Jsonb(edit), review_id),
            )


def is_answer(review: dict[str, Any], decision: Decision, by: str, changes: Changes) -> bool:
    """This is the answer that the review has; given again, it finishes what was begun."""
    stored = (review["state"], review["decided_by"], Changes.model_validate(review["changes"]))
    return stored == (_STATES[decision], by, changes)


def answered(review: dict[str, Any]) -> InvalidInput:
    """That somebody has answered, as an error to raise."""
    return InvalidInput(
        f"{review['decided_by']} has already answered: {review['state'].replace('_', ' ')}.",
        "The first answer counts. For another one make other content: request the video anew, or "
        "clear a stage before `check`.",
    )


def time_out(review_id: str) -> bool:
    """Take silence for a no; False: somebody had answered."""
    with connect() as db:
        row = db.execute(
            "select 1 from ops.reviews where review_id = %s and state = 'waiting' for update",
            (review_id,),
        ).fetchone()
        if row is not None:
            _decide(db, review_id, "timed_out", TIME_OUT, Changes(), "")
    return row is not None


def reopen(review_id: str) -> bool:
    """Let a review that timed out wait for a person again; False: it did not time out."""
    with connect() as db:
        row = db.execute(
            """
            update ops.reviews set state = 'waiting', decided_by = null, decided_at = null
            where review_id = %s and state = 'timed_out' returning 1
            """,
            (review_id,),
        ).fetchone()
    return row is not None


def wait(review_id: str, hours: float | None) -> None:
    """Note for how long from now a person is asked; None: no longer, an answer is on its way."""
    with connect() as db:
        db.execute(
            "update ops.reviews set waits_until = now() + make_interval(secs => %s) "
            "where review_id = %s",
            (hours and hours * 3600, review_id),
        )


def carry(review_id: str) -> None:
    """Bind an `edit` to the content with its changes made: title and thumbnail, nothing else.

    Raises:
        ReleaseRejected: the review was not answered by an edit, or more than that has changed.
        PolicyBlocked: a policy forbids the changed content.
    """
    with connect() as db:
        row = db.execute(
            "select * from ops.reviews where review_id = %s and state = 'edited'", (review_id,)
        ).fetchone()
    if row is None:
        raise ReleaseRejected(f"Review {review_id} was not answered with an edit.")
    before = Content.model_validate(row["features"]["content"])
    now = content_of(row["video_id"])
    asked = Changes.model_validate(row["changes"])
    may = {"title": bool(asked.title), "thumbnail": bool(asked.thumbnail)}
    wrong = [
        name
        for name in Content.model_fields
        if getattr(before, name) != getattr(now, name) and not may.get(name, False)
    ]
    if wrong or (asked.title and now.title != hashed(asked.title)):
        raise ReleaseRejected(
            f"Video {row['video_id']} changed in more than its review allowed: {', '.join(wrong)}.",
            "Let it be checked and reviewed again.",
        )
    with connect() as db:
        _refuse_blocked(db, row["video_id"], now.digest)
        if "edit" in row["features"]:
            found = Verdict.model_validate(row["features"]["edit"])
            note_findings(db, row["video_id"], now.digest, found)
        db.execute(
            """
            insert into ops.releases (video_id, content, verdict, confidence, reasons)
            values (%s, %s, 'clear', 1, %s)
            on conflict (video_id, content) do update
                set verdict = 'clear', reasons = excluded.reasons
                where ops.releases.verdict <> 'blocked'
            """,
            (row["video_id"], now.digest, Jsonb([f"edited and approved by {row['decided_by']}"])),
        )


def release_of(video_id: str) -> None:
    """Return if the present content may go out.

    Raises:
        PolicyBlocked: a policy forbids it.
        ReleaseRejected: it was not judged, waits for a person, or a person or a time-out said no.
    """
    content = content_of(video_id).digest
    with connect() as db:
        verdict = _released(db, video_id, content, missing=ReleaseRejected(
            f"The present content of video {video_id} was not judged.", "Clear `check`."
        ))  # fmt: skip
        if verdict == "clear":
            return
        row = db.execute(
            "select state, decided_by, note from ops.reviews where video_id = %s and content = %s",
            (video_id, content),
        ).fetchone()
        reasons = _reasons(db, video_id, content)
    if verdict == "blocked":
        raise _blocked(video_id, reasons)
    state = row["state"] if row else "waiting"
    if row is not None and state == "approved":
        return
    if row is None or state == "waiting":
        raise ReleaseRejected(
            f"Video {video_id} waits for a person: {reasons}", "Answer its review."
        )
    raise ReleaseRejected(
        f"Video {video_id} may not go out: {state.replace('_', ' ')} by {row['decided_by']}."
        + (f" {row['note']}" if row["note"] else ""),
        "Clear `review`, and a person is asked again."
        if state == "timed_out"
        else "Other content is another question: clear the stage to change, or redo it.",
    )


def review_of(video_id: str) -> dict[str, Any] | None:
    """The latest review of a video as its row, or None."""
    with connect() as db:
        return db.execute(
            "select * from ops.reviews where video_id = %s order by asked_at desc limit 1",
            (video_id,),
        ).fetchone()


def _decide(
    db: psycopg.Connection[DictRow],
    review_id: str,
    state: str,
    by: str,
    changes: Changes,
    note: str,
) -> None:
    db.execute(
        """
        update ops.reviews set state = %s, decided_by = %s, decided_at = now(), changes = %s,
               note = %s
        where review_id = %s
        """,
        (state, by, Jsonb(changes.model_dump(exclude_defaults=True)), note[:2000], review_id),
    )


def _released(
    db: psycopg.Connection[DictRow],
    video_id: str,
    content: str,
    missing: Exception | None = None,
) -> Outcome:
    row = db.execute(
        "select verdict from ops.releases where video_id = %s and content = %s",
        (video_id, content),
    ).fetchone()
    if row is None:
        raise missing or AssertionError("a release that was there is gone")
    found: Outcome = row["verdict"]
    return found


def _refuse_blocked(db: psycopg.Connection[DictRow], video_id: str, content: str) -> None:
    row = db.execute(
        "select 1 from ops.releases where video_id = %s and content = %s and verdict = 'blocked'",
        (video_id, content),
    ).fetchone()
    if row is not None:
        raise _blocked(video_id, _reasons(db, video_id, content))


def _were_blocked(db: psycopg.Connection[DictRow], video_id: str, words: str) -> bool:
    """These words met a policy before; facts about a video (`about.…`) may have been mended."""
    row = db.execute(
        """
        select 1 from ops.policy_findings
        where video_id = %s and starts_with(content, %s) and severity = 'severe'
          and not starts_with(rule, 'about.')
        """,
        (video_id, words),
    ).fetchone()
    return row is not None


def _reasons(db: psycopg.Connection[DictRow], video_id: str, content: str) -> str:
    row = db.execute(
        "select reasons from ops.releases where video_id = %s and content = %s",
        (video_id, content),
    ).fetchone()
    return "; ".join(row["reasons"]) if row else ""


def _blocked(video_id: str, why: str) -> PolicyBlocked:
    return PolicyBlocked(
        f"A policy forbids the release of video {video_id}: {why}",
        "No answer and no retry lifts that; only other words or pictures do.",
    )


def _why(verdict: Verdict) -> str:
    return "; ".join(
        f"{f.category} in {f.field} ({f.rule}: “{f.excerpt}”)"
        for f in verdict.findings
        if f.severity == "severe"
    )
