"""What YouTube answered: looks, days in their versions, reach, retention, and the pulls' marks."""

# ruff: noqa: S608 (statements of our own parts)

from __future__ import annotations

from typing import Final

LARGE = ("raw.youtube_video_days", "raw.youtube_reach_days", "raw.youtube_video_counts")

#: Days that are told two days later; one in five is told anew three days after that, with more.
#: Money is not told yet of the last day. (Powers are of floats: of numerics they cost forty times
#: as much, which is minutes of a year.)
_DAY: Final = """
select
    made.channel_id, made.youtube_video_id, day::date as day, told_at, views, is_short,
    least(views, (views * (0.55 + 0.3 * (hash >> 10 & 1023) / 1024::float8))::bigint)
        as engaged_views,
    (views * case when is_short then 0.5::float8 else 3.2 end)::bigint as watch_minutes,
    views / 40 as likes, views / 300 as comments, views / 500 as shares,
    views / 250 as subscribers_gained, views / 2000 as subscribers_lost,
    case when day < span.last_day
        then round((views * case when is_short then 0.00006 else 0.0031 end)::numeric, 3)
    end as revenue_usd,
    case when day < span.last_day then (views * 0.6)::bigint end as ad_impressions,
    case when day < span.last_day then (views * 0.5)::bigint end as monetized_playbacks
from span, generate_series(%(from)s, %(to)s, interval '1 day') as day
cross join made
cross join hashint8extended(made.n * 8192::bigint + (day::date - date '2020-01-01'), %(seed)s)
    as hash
cross join (values (2), (5)) as answer (after)
cross join lateral (select
    least(day + make_interval(days => after, hours => 12), span.ends) as told_at) as telling
cross join lateral (select
    (made.appeal * (4 + 300 / power(1 + (day::date - made.published_day), 0.8::float8))
        * (0.7 + 0.6 * (hash & 1023) / 1024::float8)
        * case when mod(hash >> 40, 5) = 0 and after = 2 then 0.95 else 1 end)::bigint as views
    ) as watching
where
    day::date >= made.published_day
    and (made.removed_at is null or day::date < ops.pacific_day(made.removed_at))
    and (after = 2 or mod(hash >> 40, 5) = 0
         and day + make_interval(days => after, hours => 12) <= span.ends)
"""

_RUN = "'world__' || to_char({at} at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI')"

_VIDEO_DAYS = f"""
insert into raw.youtube_video_days
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, day, views, engaged_views,
     watch_minutes, likes, comments, shares, subscribers_gained, subscribers_lost, revenue_usd,
     ad_impressions, monetized_playbacks)
select
    {_RUN.format(at="told_at")}, told_at, channel_id, true, youtube_video_id, day, views,
    engaged_views, watch_minutes, likes, comments, shares, subscribers_gained, subscribers_lost,
    revenue_usd, ad_impressions, monetized_playbacks
from ({_DAY}) as told
"""

#: A channel has a hundredth more than its videos: of those that nobody can see any more.
_CHANNEL_DAYS = f"""
insert into raw.youtube_channel_days
    (run_id, fetched_at, channel_id, is_simulated, day, views, engaged_views, watch_minutes, likes,
     comments, shares, subscribers_gained, subscribers_lost, revenue_usd, ad_impressions,
     monetized_playbacks)
select
    {_RUN.format(at="max(fetched_at)")}, max(fetched_at), channel_id, true, day,
    (sum(views) * 1.01)::bigint, (sum(engaged_views) * 1.01)::bigint,
    round(sum(watch_minutes) * 1.01), sum(likes), sum(comments), sum(shares),
    sum(subscribers_gained), sum(subscribers_lost), round(sum(revenue_usd) * 1.01, 3),
    sum(ad_impressions), sum(monetized_playbacks)
from (
    select distinct on (youtube_video_id, day) *
    from raw.youtube_video_days
    where day between %(from)s and %(to)s
    order by youtube_video_id, day, fetched_at desc
) as latest
group by channel_id, day
"""

_REPORTS = f"""
insert into raw.youtube_reports
    (report_id, channel_id, report_type, day, reported_at, rows_read, sha256, run_id, fetched_at)
select
    'world-' || channel_id || '-' || day::date, channel_id, 'channel_reach_basic_a1', day::date,
    least(day + interval '2 days 10 hours', ends), 2, md5(channel_id || day),
    {_RUN.format(at="ends")}, least(day + interval '2 days 12 hours', ends)
from span, ops.channels, generate_series(%(from)s, %(to)s, interval '1 day') as day
"""

_REACH = f"""
insert into raw.youtube_reach_days
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, day, impressions, ctr,
     report_id, reported_at)
select
    {_RUN.format(at="reports.fetched_at")}, reports.fetched_at, days.channel_id, true,
    days.youtube_video_id, days.day, days.views * 9, 0.01 + mod(days.views, 97) * 0.001,
    reports.report_id, reports.reported_at
from raw.youtube_reports as reports
inner join (
    select channel_id, youtube_video_id, day, min(views) as views
    from raw.youtube_video_days
    where day between %(from)s and %(to)s
    group by channel_id, youtube_video_id, day
    union all
    select channel_id, '', day, 50
    from raw.youtube_channel_days
    where day between %(from)s and %(to)s
) as days on reports.channel_id = days.channel_id and reports.day = days.day
"""

#: A fortnight of looks: what came before is past its retention.
_COUNTS = f"""
insert into raw.youtube_video_counts
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, views, likes, comments)
select
    {_RUN.format(at="at")}, at, channel_id, true, youtube_video_id, views, views / 40, views / 300
from span, generate_series(greatest(begins, ends - interval '14 days'), ends, interval '1 day')
    as at
cross join made
cross join lateral (select (made.appeal * 2000 * (1 - power(
    1 + extract(epoch from at - published_at)::float8 / 86400, -0.2)))::bigint as views) as watching
where at >= published_at and (removed_at is null or at < removed_at)
order by at
"""

_VIDEOS = f"""
insert into raw.youtube_videos
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, title, published_at, seconds,
     privacy_status, upload_status)
select
    {_RUN.format(at="published_at")}, published_at + interval '1 hour', channel_id, true,
    youtube_video_id, 'Simulated video ' || n, published_at,
    case when is_short then 45 else 400 end, 'public', 'processed'
from made
"""

_POLLS = """
insert into ops.video_polls
    (youtube_video_id, channel_id, published_at, listed_at, described_at, counted_at,
     days_asked_at, retention_at, missing_since, removed_at)
select
    youtube_video_id, channel_id, published_at, published_at, ends, ends,
    greatest(published_at, coalesce(removed_at, ends - mod(n, 24) * interval '1 hour')), null,
    removed_at, removed_at
from span, made
"""

_CHANNELS = f"""
insert into raw.youtube_channels
    (run_id, fetched_at, channel_id, is_simulated, youtube_channel_id, title, subscribers, views,
     videos)
select
    {_RUN.format(at="at")}, at, channel_id, true, youtube_channel_id, title,
    1000 + n, 100000 + n * 50, %(videos)s / %(channels)s
from span, ops.channels,
    generate_series(begins, ends, interval '1 day') with ordinality as look (at, n)
"""

_PULLS = f"""
insert into raw.pulls (source, channel_id, run_id, fetched_at, watermark, rows_landed)
select 'youtube', channel_id, {_RUN.format(at="at")}, at, at, 100
from span, ops.channels, generate_series(
    date_trunc('hour', begins), ends, interval '1 hour') as at
union all
select 'youtube_days', channel_id, {_RUN.format(at="at")}, at, at, 10
from span, ops.channels, generate_series(
    date_trunc('hour', begins), ends, interval '1 day') as at
"""

#: Only videos that were young while the house looked were asked for their retention.
_RETENTION = f"""
insert into raw.youtube_retention
    (run_id, fetched_at, channel_id, is_simulated, youtube_video_id, elapsed_ratio, watch_ratio,
     relative_performance)
select
    {_RUN.format(at="at")}, at, channel_id, true, youtube_video_id, percent / 100.0,
    round((exp(-percent * (0.005 + 0.02 * draw)) * (1 - age * 0.002))::numeric, 6),
    round((0.2 + 0.6 * draw)::numeric, 6)
from span, made
cross join unnest(array[3, 7, 14, 28]) as age
cross join generate_series(1, 100) as percent
cross join lateral (select published_at + make_interval(days => age, hours => 1) as at) as look
where published_at >= begins and at <= ends and removed_at is null
order by at
"""

_RETENTION_ASKED = """
update ops.video_polls as poll
set retention_at = told.at
from (
    select youtube_video_id, max(fetched_at) as at from raw.youtube_retention group by 1
) as told
where told.youtube_video_id = poll.youtube_video_id
"""

#: Repeated for each month of the span, so that one of them is sorted and joined at a time.
BY_MONTH = (_VIDEO_DAYS, _CHANNEL_DAYS, _REPORTS, _REACH)
MONTHS = """
select
    greatest(month::date, first_day) as from,
    least((month + interval '1 month')::date - 1, last_day) as to
from span, generate_series(date_trunc('month', first_day), last_day, interval '1 month') as month
"""
PREPARE = """
select raw.make_months(name, first_day, current_date)
from span, unnest(array['youtube_video_days', 'youtube_reach_days', 'youtube_video_counts']) as name
"""
STEPS = (_COUNTS, _VIDEOS, _POLLS, _CHANNELS, _PULLS, _RETENTION, _RETENTION_ASKED)
