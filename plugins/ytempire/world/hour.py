"""One more hour: the newest days told anew, a slot of the videos swept, looks and marks."""

# ruff: noqa: S608 (statements of our own parts)

from __future__ import annotations

_RUN = "'world-hour-' || %(number)s || '-' || to_char(ops.now(), 'YYYYMMDDHH24MISS')"

#: All videos' three newest days have moved; a fifth of the swept videos' up to a fortnight back.
_VIDEO_DAYS = f"""
insert into raw.youtube_video_days
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, day, views, engaged_views,
     watch_minutes, likes, comments, shares, subscribers_gained, subscribers_lost, revenue_usd,
     ad_impressions, monetized_playbacks)
select
    {_RUN}, ops.now(), channel_id, true, youtube_video_id, day, views + 1 + views / 100,
    engaged_views, watch_minutes, likes, comments, shares, subscribers_gained, subscribers_lost,
    revenue_usd, ad_impressions, monetized_playbacks
from (
    select distinct on (youtube_video_id, day) *
    from raw.youtube_video_days
    where day >= ops.pacific_day(ops.now()) - 15
    order by youtube_video_id, day, fetched_at desc
) as latest
where day >= ops.pacific_day(ops.now()) - 4
   or mod(abs(hashtext(youtube_video_id)), 24) = mod(%(number)s, 24)
  and mod(abs(hashtext(youtube_video_id || day)), 5) = 0
"""

_CHANNEL_DAYS = f"""
insert into raw.youtube_channel_days
    (run_id, fetched_at, channel_id, is_simulated, day, views, engaged_views, watch_minutes, likes,
     comments, shares, subscribers_gained, subscribers_lost, revenue_usd, ad_impressions,
     monetized_playbacks)
select
    {_RUN}, ops.now(), channel_id, true, day, (sum(views) * 1.01)::bigint,
    (sum(engaged_views) * 1.01)::bigint, round(sum(watch_minutes) * 1.01), sum(likes),
    sum(comments), sum(shares), sum(subscribers_gained), sum(subscribers_lost),
    round(sum(revenue_usd) * 1.01, 3), sum(ad_impressions), sum(monetized_playbacks)
from (
    select distinct on (youtube_video_id, day) *
    from raw.youtube_video_days
    where day >= ops.pacific_day(ops.now()) - 15
    order by youtube_video_id, day, fetched_at desc
) as latest
group by channel_id, day
"""

_COUNTS = f"""
insert into raw.youtube_video_counts
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, views, likes, comments)
select
    {_RUN}, ops.now(), channel_id, true, youtube_video_id, views + 3, likes, comments
from (
    select distinct on (youtube_video_id) *
    from raw.youtube_video_counts
    where fetched_at >= ops.now() - interval '3 days'
    order by youtube_video_id, fetched_at desc
) as latest
where mod(abs(hashtext(youtube_video_id)), 6) = mod(%(number)s, 6)
"""

_PULLS = f"""
insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
select 'youtube', channel_id, {_RUN}, ops.now(), ops.now(), 1 from ops.channels
"""

_POLLS = """
update ops.video_polls set days_asked_at = ops.now()
where removed_at is null
  and mod(abs(hashtext(youtube_video_id)), 24) = mod(%(number)s, 24)
"""

LANDED = """
select count(*) as rows from raw.youtube_video_days
where day >= ops.pacific_day(ops.now()) - 15
  and run_id like 'world-hour-' || %(number)s || '-' || '%%'
"""
STEPS = (_VIDEO_DAYS, _CHANNEL_DAYS, _COUNTS, _PULLS, _POLLS)
