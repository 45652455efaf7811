"""What stays of a channel whose YouTube data went: totals by day, under a name that tells nothing.

The house's books would otherwise change with every channel that leaves. A channel made up for the
purpose bears per Pacific day what YouTube answered last about the whole channel, and of videos that
were not made here no more than the day on which each appeared. No id, title, length, video's
number, reach or retention stays; costs stay where they were, being no data of YouTube's.
"""

from __future__ import annotations

import secrets

from psycopg import sql

from ytempire.channels.events import Connection
from ytempire.warehouse.load import LANDING_LOCK

#: `run_id` of what is kept.
KEPT = "kept"
_NAME_BYTES = 4


def keep(db: Connection, channel_id: str) -> str | None:
    """Lay a channel's totals down under a name of chance; returns it, None if there are none.

    In the transaction that removes the rows themselves, before it does.
    """
    name = f"forgotten-{secrets.token_hex(_NAME_BYTES)}"
    values = {"channel": channel_id, "name": name, "run": KEPT}
    db.execute(_CHANNEL, values)
    kept = sum(db.execute(statement, values).rowcount for statement in (_DAYS, _VIDEOS))
    if not kept:
        db.execute("delete from ops.channels where channel_id = %(name)s", values)
        return None
    db.execute(_PULLS, values | {"kept": kept})
    return name


def take_back(db: Connection, channel_id: str) -> None:
    """A channel is connected anew: YouTube tells all its days again, and they must count once."""
    kept = db.execute(
        "select kept_as from ops.deletions where channel_id = %s and kept_as is not null",
        (channel_id,),
    ).fetchall()
    if not kept:
        return
    # Not while the models are built: they would see one table with the rows and one without.
    db.execute("select pg_advisory_xact_lock_shared(%s)", (LANDING_LOCK,))
    for row in kept:
        for table in ("youtube_channel_days", "youtube_videos", "pulls"):
            db.execute(
                sql.SQL("delete from {} where channel_id = %s").format(
                    sql.Identifier("raw", table)
                ),
                (row["kept_as"],),
            )
        db.execute(
            """
            delete from ops.channels as channel where channel_id = %s and not exists (
                select from ops.channel_events as event
                where event.channel_id = channel.channel_id)
            """,
            (row["kept_as"],),
        )
    db.execute("update ops.deletions set kept_as = null where channel_id = %s", (channel_id,))


def forget_snapshots(db: Connection, channel_id: str, kept_as: str | None) -> dict[str, int]:
    """Remove what the marts said of a channel (`warehouse.history`); returns versions by table.

    Its days' totals go over to the name under which they are kept.
    """
    removed = {}
    for row in db.execute(_SNAPSHOTS).fetchall():
        name = row["table_name"]
        table = sql.Identifier("snapshots", name)
        if kept_as and name == "fct_channel_days":
            db.execute(
                sql.SQL("update {} set channel_id = %s where channel_id = %s").format(table),
                (kept_as, channel_id),
            )
            continue
        removed[f"snapshots.{name}"] = db.execute(
            sql.SQL("delete from {} where channel_id = %s").format(table), (channel_id,)
        ).rowcount
    return removed


# Paused: nothing is planned for it, asked of it or awaited from it. Its formats decide how its
# views were counted.
_CHANNEL = """
insert into ops.channels
    (channel_id, title, niche, language, formats, state, state_reason, is_simulated)
select %(name)s, 'Forgotten channel', 'forgotten', language, formats, 'paused',
       'The totals of a channel whose data went.', is_simulated
from ops.channels where channel_id = %(channel)s
"""
_DAYS = """
insert into raw.youtube_channel_days
    (run_id, fetched_at, channel_id, day, views, engaged_views, watch_minutes, likes, comments,
     shares, subscribers_gained, subscribers_lost, revenue_usd, ad_impressions,
     monetized_playbacks, is_simulated)
select distinct on (day)
    %(run)s, fetched_at, %(name)s, day, views, engaged_views, watch_minutes, likes, comments,
    shares, subscribers_gained, subscribers_lost, revenue_usd, ad_impressions,
    monetized_playbacks, is_simulated
from raw.youtube_channel_days where channel_id = %(channel)s
order by day, fetched_at desc, run_id desc
"""
# A moment of publication is public, and tells the video: its day does not.
_VIDEOS = """
insert into raw.youtube_videos
    (run_id, fetched_at, channel_id, youtube_video_id, title, published_at, is_simulated)
select
    %(run)s, ops.now(), %(name)s, %(name)s || '-' || row_number() over (order by random()),
    'Forgotten video',
    ops.pacific_midnight(ops.pacific_day(coalesce(found.published_at, polls.published_at)))
    + interval '12 hours',
    coalesce(found.is_simulated, false)
from (
    select distinct on (youtube_video_id) youtube_video_id, published_at, is_simulated
    from raw.youtube_videos where channel_id = %(channel)s
    order by youtube_video_id, fetched_at desc, run_id desc
) as found
full join (
    select youtube_video_id, published_at from ops.video_polls where channel_id = %(channel)s
) as polls using (youtube_video_id)
where coalesce(found.published_at, polls.published_at) is not null
  and youtube_video_id not in (
      select video.youtube_video_id from ops.videos as video
      where video.youtube_video_id is not null)
"""
# When it was last asked decides which of its days are final.
_PULLS = """
insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
select source, %(name)s, %(run)s, max(fetched_at), max(fetched_at), %(kept)s
from raw.pulls where channel_id = %(channel)s and source in ('youtube', 'youtube_days')
group by source
"""
_SNAPSHOTS = """
select table_name from information_schema.columns
where table_schema = 'snapshots' and column_name = 'channel_id' order by table_name
"""
