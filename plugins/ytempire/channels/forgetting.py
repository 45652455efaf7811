"""A video is forgotten: its words and files go, and every total stays.

What it was about, its title, script and files, what people and models said of it are removed, also
the models' answers that were paid for it alone. Its days, costs and attempts stay as figures under
a name of chance, since the channel's and the house's months are made of them. Its chain of the
ledger is verified and sealed anew with the other name; `ops.seals` tells of it.
"""

from __future__ import annotations

import re
import secrets
from typing import Any

from psycopg import sql

from ytempire.channels import forgetting_sql as steps
from ytempire.config import settings
from ytempire.costs.audit import audit
from ytempire.errors import BadData, InvalidInput
from ytempire.providers.answer_cache import FolderCache
from ytempire.runs import artifacts
from ytempire.warehouse.forgetting import Changes, Db, Forgetting, transaction

_NAME_BYTES = 4
#: States in which nothing works on a video any more.
AT_REST = ("published", "removed", "failed", "rejected")
#: Tables of `ops` whose rows stay as figures; of every other one that refers to a video, its
#: request or its attempts the rows go, also of one that is added later.
KEPT = ("ledger", "stage_runs", "uploads", "tier_choices", "gpu_samples", "intents", "videos")


def forget_video(video_id: str, *, for_good: bool) -> Forgetting:
    """Forget a video; the marts follow with the next build, which is a full one.

    Args:
        video_id: the house's.
        for_good: else nothing is changed, and what would be is told.

    Raises:
        InvalidInput: a run works on it, or YouTube still shows it.
        BadData: its lines of the ledger are not as the library left them.
    """
    if not re.fullmatch(r"\w[\w.-]*", video_id) or video_id.startswith("forgotten-"):
        return Forgetting(name=None, changed={})
    name, answers = f"forgotten-{secrets.token_hex(_NAME_BYTES)}", 0
    request: tuple[str, ...] = ()
    with transaction(for_good=for_good) as db:
        changes = Changes(db)
        video = db.execute(
            "select * from ops.videos where video_id = %s for update", (video_id,)
        ).fetchone()
        if video is not None:
            _require_over(db, video)
            edited = audit(db, video_id=video_id)
            if edited:
                raise BadData(edited[0].told, "Look into it first; nothing was changed.")
            questions = [row["purchase"] for row in db.execute(_QUESTIONS, (video_id, video_id))]
            _forget(changes, video, name)
            request = (video["request_id"],)
            # Last, while all of it can still be undone: afterwards nobody knows which they are.
            cache = FolderCache(settings().home / "cache" / "answers")
            answers = sum(cache.remove(each, for_good=for_good) for each in questions)
    # Also when it was forgotten before: files may have been out of reach then.
    files = artifacts.remove(video_id, for_good=for_good)
    gone = {"files": files, "answers": answers}
    changed = changes.counts | {what: count for what, count in gone.items() if count}
    return Forgetting(name=name if changed else None, changed=changed, aliases=request)


def _require_over(db: Db, video: dict[str, Any]) -> None:
    name = video["video_id"]
    if video["state"] not in AT_REST:
        raise InvalidInput(f"Video {name} is {video['state']}.", "Reject it, or let it end, first.")
    poll = db.execute(
        "select removed_at from ops.video_polls where youtube_video_id = %s",
        (video["youtube_video_id"],),
    ).fetchone()
    removed_at = video["removed_at"] or (poll and poll["removed_at"])
    if video["youtube_video_id"] and not removed_at:
        raise InvalidInput(
            f"YouTube still shows video {name}: the pulls would tell of it again.",
            "Delete it there and ask again when they have noticed.",
        )


def _forget(changes: Changes, video: dict[str, Any], name: str) -> None:
    db, values = changes.db, {
        "video": video["video_id"],
        "name": name,
        "youtube": video["youtube_video_id"],
        "request": video["request_id"],
    }  # fmt: skip
    for statement in steps.COPIES:
        db.execute(statement, values)
    sealed = db.execute(steps.CHAIN, values).fetchone()
    db.execute("alter table ops.ledger disable trigger keep_line")
    changes.make("ops.ledger", steps.LEDGER, values)
    if sealed:
        db.execute("select ops.seal_anew(%(name)s)", values)
        db.execute(steps.SEAL, values | sealed)
    db.execute("alter table ops.ledger enable trigger keep_line")
    for table, statement in steps.FIGURES:
        changes.make(table, statement, values)
    for child in _children(db):
        changes.make(f"ops.{child['name']}", _gone(**child), values)
    for table, statement in steps.ORIGINALS:
        changes.make(table, statement, values)
    changes.rename_in_reservations("video", [video["video_id"]], name)
    for table, statement in steps.SAID:
        changes.make(table, statement, values)
    for table, statement in steps.SNAPSHOTS:
        found = db.execute("select to_regclass(%s) as it", (table,)).fetchone()
        if found and found["it"]:
            changes.make(table, statement, values)
    changes.note(name, "video")


#: What it alone has asked of models: purchases are named by the digest of their question.
_QUESTIONS = """
    select distinct purchase from ops.intents as mine
    join ops.stage_runs as run using (stage_run_id)
    where video_id = %s and purchase ~ '^[0-9a-f]{64}$' and not exists (
        select from ops.intents as other join ops.stage_runs as its using (stage_run_id)
        where other.purchase = mine.purchase and its.video_id <> %s)
"""


def _children(db: Db) -> list[dict[str, str]]:
    """Columns of `ops` that refer to a video, a request or an attempt, but of what is kept."""
    return db.execute(
        """
        select child.relname as name, attname as column, parent.relname as parent
        from pg_constraint
        join pg_class as child on child.oid = conrelid
        join pg_class as parent on parent.oid = confrelid
        join pg_attribute on attrelid = conrelid and attnum = conkey[1]
        where contype = 'f' and child.relname <> all(%s) and confrelid in (
            'ops.videos'::regclass, 'ops.requests'::regclass, 'ops.stage_runs'::regclass)
        order by 1, 2
        """,
        (list(KEPT),),
    ).fetchall()


def _gone(name: str, column: str, parent: str) -> Any:
    return sql.SQL("delete from {} where {} {}").format(
        sql.Identifier("ops", name), sql.Identifier(column), sql.SQL(steps.OF[parent])
    )
