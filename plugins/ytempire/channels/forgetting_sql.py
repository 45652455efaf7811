"""What is done to a video's rows when it is forgotten, in its order (`channels.forgetting`).

`video`, `request` and `youtube` are its names, `name` is the other one. A primary key that others
refer to is changed by a copy: what stays is moved over to it, then the original goes.
"""

# ruff: noqa: S608 (our own words)
from __future__ import annotations

#: Its day is kept, and tells no more than that something appeared.
_DAY = "ops.pacific_midnight(ops.pacific_day({0}))"
COPIES = (
    "create temp table if not exists renames (was text primary key, is_now text) on commit drop",
    "truncate renames",
    """
    insert into renames
    select stage_run_id, %(name)s || '.' || row_number() over (order by started_at, stage_run_id)
    from ops.stage_runs where video_id = %(video)s
    """,
    """
    insert into renames
    select intent_id, %(name)s || '#' || row_number() over (order by sent_at, intent_id)
    from ops.intents where stage_run_id in (select was from renames)
    """,
    "update ops.requests set slot = null where request_id = %(request)s",
    "update ops.videos set youtube_video_id = null, publish_at = null where video_id = %(video)s",
    """
    insert into ops.requests
    select (jsonb_populate_record(request, jsonb_build_object(
        'request_id', %(name)s::text, 'topic', 'forgotten', 'script', null, 'evidence', '{}'::jsonb
    ))).*
    from ops.requests as request where request_id = %(request)s
    """,
    f"""
    insert into ops.videos
    select (jsonb_populate_record(video, jsonb_build_object(
        'video_id', %(name)s::text, 'request_id', %(name)s::text, 'title', 'Forgotten video',
        'seconds', null, 'waits_until', null, 'published_at', {_DAY.format("published_at")},
        'youtube_video_id', case when %(youtube)s::text is not null then %(name)s::text end
    ))).*
    from ops.videos as video where video_id = %(video)s
    """,
    """
    insert into ops.stage_runs
    select (jsonb_populate_record(run, jsonb_build_object(
        'stage_run_id', is_now, 'video_id', %(name)s::text, 'note', '', 'error', null))).*
    from ops.stage_runs as run join renames on was = stage_run_id
    """,
    """
    insert into ops.intents
    select (jsonb_populate_record(intent, jsonb_build_object(
        'intent_id', mine.is_now, 'purchase', mine.is_now, 'stage_run_id', run.is_now))).*
    from ops.intents as intent
    join renames as mine on mine.was = intent_id join renames as run on run.was = stage_run_id
    """,
)
CHAIN = """
    select count(*) as lines, sum(amount_usd) as amount,
           (array_agg(chain order by line_id desc))[1] as was
    from ops.ledger where video_id = %(video)s having count(*) > 0
"""
LEDGER = """
    update ops.ledger set video_id = %(name)s,
        stage_run_id = (select is_now from renames where was = stage_run_id),
        intent_id = (select is_now from renames where was = intent_id)
    where video_id = %(video)s
"""
SEAL = """
    insert into ops.seals (video_id, lines, amount_usd, was, is_now)
    select %(name)s, %(lines)s, %(amount)s, %(was)s, chain from ops.ledger
    where video_id = %(name)s and (%(lines)s, %(amount)s) = (
        select count(*), sum(amount_usd) from ops.ledger where video_id = %(name)s)
    order by line_id desc limit 1
"""
FIGURES = (
    (
        "ops.gpu_samples",
        "update ops.gpu_samples set stage_run_id = is_now from renames where stage_run_id = was",
    ),
    (
        "ops.uploads",
        """
        update ops.uploads set video_id = %(name)s, marker = %(name)s, sha256 = null,
            session_uri = case when session_uri is not null then '' end,
            youtube_video_id = case when youtube_video_id is not null then %(name)s end
        where video_id = %(video)s
        """,
    ),
    (
        "ops.tier_choices",
        "update ops.tier_choices set video_id = %(name)s, reason = 'forgotten' "
        "where video_id = %(video)s",
    ),
    (
        "ops.experiment_units",
        "update ops.experiment_units set video_id = %(name)s where video_id = %(video)s",
    ),
)
#: What a row refers to -> which of its rows are the video's.
OF = {
    "videos": "= %(video)s",
    "requests": "= %(request)s",
    "stage_runs": "in (select was from renames)",
}
ORIGINALS = (
    ("ops.intents", "delete from ops.intents where intent_id in (select was from renames)"),
    ("ops.stage_runs", "delete from ops.stage_runs where video_id = %(video)s"),
    ("ops.videos", "delete from ops.videos where video_id = %(video)s"),
    ("ops.requests", "delete from ops.requests where request_id = %(request)s"),
)
_BY_YOUTUBE = (
    "raw.youtube_video_counts", "raw.youtube_video_days", "raw.youtube_reach_days",
    "raw.youtube_retention",
)  # fmt: skip
SAID = (
    (
        "ops.quota_holds",
        "select ops.release_quota(project, hold_key) from ops.quota_holds "
        "where strpos(hold_key, %(video)s) > 0",
    ),
    (
        "ops.alerts",
        "delete from ops.alerts where strpos(cause || title || body, %(video)s) > 0 "
        "or strpos(cause || title || body, %(youtube)s) > 0",
    ),
    (
        "ops.experiments",
        "delete from ops.experiments where kind = 'imported' "
        "and starts_with(experiment_id, 'youtube-' || %(video)s || '-' || setting || '-')",
    ),
    (
        "raw.rejects",
        "delete from raw.rejects where strpos(body::text || reason, %(video)s) > 0 "
        "or strpos(body::text || reason, %(youtube)s) > 0",
    ),
    ("raw.trend_signals", "delete from raw.trend_signals where youtube_video_id = %(youtube)s"),
    (
        "raw.youtube_videos",
        f"""
        update raw.youtube_videos set youtube_video_id = %(name)s, title = 'Forgotten video',
            seconds = null, published_at = {_DAY.format("published_at")}
        where youtube_video_id = %(youtube)s
        """,
    ),
    (
        "ops.video_polls",
        f"""
        update ops.video_polls set youtube_video_id = %(name)s,
            published_at = {_DAY.format("published_at")}
        where youtube_video_id = %(youtube)s
        """,
    ),
    *(
        (
            table,
            f"update {table} set youtube_video_id = %(name)s where youtube_video_id = %(youtube)s",
        )
        for table in _BY_YOUTUBE
    ),
)
SNAPSHOTS = (
    (
        "snapshots.dim_videos",
        f"""
        update snapshots.dim_videos set video_id = %(name)s, request_id = %(name)s,
            youtube_video_id = case when youtube_video_id is not null then %(name)s end,
            title = 'Forgotten video', seconds = null,
            published_at = {_DAY.format("published_at")}
        where video_id in (%(video)s, %(youtube)s)
        """,
    ),
    (
        "snapshots.fct_video_economics",
        f"""
        update snapshots.fct_video_economics set video_id = %(name)s, title = 'Forgotten video',
            published_at = {_DAY.format("published_at")}
        where video_id = %(video)s
        """,
    ),
)
