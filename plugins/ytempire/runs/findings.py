"""Notes in the warehouse what rubric and policies found in a content."""

from __future__ import annotations

import psycopg
from psycopg.rows import DictRow

from ytempire.domain import Rating, Verdict


def note_rating(
    db: psycopg.Connection[DictRow], video_id: str, content: str, rating: Rating
) -> None:
    """The parts of a rating; those of a content are noted once."""
    with db.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.ratings (video_id, content, part, score, confidence, method, evidence)
            values (%s, %s, %s, %s, %s, %s, %s) on conflict do nothing
            """,
            [
                (video_id, content, p.name, p.score, p.confidence, p.method, "; ".join(p.evidence))
                for p in rating.parts
            ],
        )


def note_findings(
    db: psycopg.Connection[DictRow], video_id: str, content: str, verdict: Verdict
) -> None:
    """What the policies found; nothing where findings of this content are noted already."""
    known = db.execute(
        "select 1 from ops.policy_findings where video_id = %s and content = %s limit 1",
        (video_id, content),
    ).fetchone()
    if known is not None:
        return
    with db.cursor() as cursor:
        cursor.executemany(
            """
            insert into ops.policy_findings (video_id, content, category, severity, field, excerpt,
                                             rule, found_by, confidence)
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            [
                (video_id, content, f.category, f.severity, f.field, f.excerpt, f.rule, f.by,
                 f.confidence)
                for f in verdict.findings
            ],
        )  # fmt: skip
