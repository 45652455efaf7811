with reports as (
    select * from {{ ref('stg_youtube__reports') }}
),

reach as (
    select * from {{ ref('stg_youtube__reach_days') }}
),

-- A later report of a day replaces the earlier one whole, rows that it lacks as well.
latest_reports as (
    select distinct on (channel_id, report_type, day) *
    from reports
    order by
        channel_id asc, report_type asc, day asc,
        reported_at desc, report_id desc
)

select
    reach.channel_id,
    reach.youtube_video_id,
    reach.day,

    reach.impressions,
    reach.ctr,

    reach.is_simulated,

    latest_reports.reported_at
from reach
inner join latest_reports on reach.report_id = latest_reports.report_id
