with versions as (
    select * from {{ ref('stg_youtube__video_days') }}
),

-- Day by day: versions lie by month, and so are sorted one month after the other, and marts made of
-- them hold a day in one place, which is what an hour reads.
latest as (
    select distinct on (day, youtube_video_id) *
    from versions
    order by day asc, youtube_video_id asc, fetched_at desc, run_id desc
)

select * from latest
