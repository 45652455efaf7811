"""What was paid for and came to nothing, or need not have been."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ytempire.costs.advice.looking import Db, Found, Window, rows


def failed(db: Db, window: Window) -> Iterator[Found]:
    """What attempts cost that failed, by stage."""
    found = rows(
        db,
        window,
        """
        , part as (
            select run.stage, line.is_failed, line.stage_run_id, line.amount_usd,
                   split_part(run.error, ':', 1) as cause
            from line join ops.stage_runs as run using (stage_run_id)
        )
        select stage, sum(amount_usd) as whole, sum(amount_usd) filter (where is_failed) as usd,
               count(distinct stage_run_id) filter (where is_failed) as attempts,
               mode() within group (order by cause) filter (where is_failed) as cause
        from part group by stage having sum(amount_usd) filter (where is_failed) > 0
        """,
    )
    for row in found:
        yield Found(
            f"failed {row['stage']}",
            f"{row['usd'] / row['whole']:.0%} of what `{row['stage']}` cost went into "
            f"{row['attempts']} failed attempts, most of them with {row['cause'] or 'no error'}.",
            row["usd"],
            "What went wrong stands in ops.stage_runs, and in each run in Airflow.",
        )


def unanswered(db: Db, window: Window) -> Iterator[Found]:
    """Calls that are booked as if they were billed, and may not have been."""
    [found] = rows(
        db,
        window,
        """
        , call as (
            select line.* from line join ops.intents as intent using (intent_id)
            where intent.state = 'ambiguous' and line.corrects is null
              and not exists (select from ops.ledger as correction
                              where correction.corrects = line.line_id)
        )
        select count(distinct intent_id) as calls, sum(amount_usd) as usd from call
        """,
    )
    if found["calls"]:
        yield Found(
            "unanswered calls",
            f"{found['calls']} calls were never answered and are booked as if they were billed: "
            "at most this is too much.",
            found["usd"],
            "ytempire costs --reconcile",
        )


def rejected(db: Db, window: Window) -> Iterator[Found]:
    """Videos that were made and may not go out."""
    [found] = rows(
        db,
        window,
        """
        select count(distinct video_id) as videos, sum(amount_usd) as usd
        from line join ops.videos as video using (video_id) where video.state = 'rejected'
        """,
    )
    if found["videos"]:
        yield Found(
            "rejected videos",
            f"{found['videos']} videos were made and rejected.",
            found["usd"],
            "See what they have in common: ops.releases.reasons and ops.policy_findings.",
        )


def rendering(db: Db, window: Window) -> Iterator[Found]:
    """Encoding by the processor, where it is what the machine does most."""
    found = rows(
        db,
        window,
        """
        , machine as (
            select kind, sum(amount_usd) as usd from line
            where unit = 'second' and price_version like 'machine@%%' group by kind
        )
        select kind, usd, usd / sum(usd) over () as share from machine
        where usd > 0 order by usd desc limit 1
        """,
    )
    if found and found[0]["kind"] == "render":
        yield Found(
            "rendering",
            f"Rendering is the largest part of the processors' time, {found[0]['share']:.0%} of "
            "it; a hardware encoder takes over at most all of that.",
            found[0]["usd"],
            "A card with NVENC, or QuickSync: the first encoder that works is taken by itself.",
        )


RULES: tuple[Callable[[Db, Window], Iterator[Found]], ...] = (
    *(failed, unanswered, rejected, rendering),
)
