"""What each channel has said before: a new script is held against its last ones."""

from __future__ import annotations

from ytempire.domain import Frozen, Script
from ytempire.warehouse.database import connect

#: How far back a channel remembers, in videos.
REMEMBERED = 50


class Told(Frozen):
    """A script of a channel as its viewers heard it."""

    video_id: str
    title: str
    body: str


def remember(video_id: str, script: Script, *, is_own_words: bool) -> None:
    """Keep what a video says; writing it again replaces it, but for what was discarded."""
    with connect() as db:
        db.execute(
            """
            insert into ops.scripts (video_id, channel_id, title, body, language, is_own_words)
            select video_id, channel_id, %(title)s, %(body)s, %(language)s, %(own)s
            from ops.videos where video_id = %(video_id)s
            on conflict (video_id) where discarded_at is null do update
                set title = excluded.title, body = excluded.body, language = excluded.language,
                    is_own_words = excluded.is_own_words, written_at = now()
            """,
            {
                "video_id": video_id,
                "title": script.title,
                "body": script.text,
                "language": script.language,
                "own": is_own_words,
            },
        )


def discard(video_id: str) -> None:
    """Note that a person did not want this script: the next one must not be like it."""
    with connect() as db:
        db.execute(
            """
            update ops.scripts set discarded_at = now()
            where video_id = %s and discarded_at is null
            """,
            (video_id,),
        )


def told_before(video_id: str) -> tuple[Told, ...]:
    """The last scripts of the channel of a video, newest first: not that of the video itself, but
    for those that a person discarded, nor of videos that never came out."""
    with connect() as db:
        rows = db.execute(
            """
            select script.video_id, script.title, script.body
            from ops.scripts as script
            join ops.videos as video using (video_id)
            where script.channel_id = (select channel_id from ops.videos where video_id = %(id)s)
              and (script.discarded_at is not null
                   or (script.video_id <> %(id)s and video.state not in ('rejected', 'failed')))
            order by script.written_at desc
            limit %(most)s
            """,
            {"id": video_id, "most": REMEMBERED},
        ).fetchall()
    return tuple(Told.model_validate(row) for row in rows)
