with versions as (
    select * from {{ ref('stg_youtube__video_days') }}
),

latest as (
    select distinct on (youtube_video_id, day) *
    from versions
    order by youtube_video_id asc, day asc, fetched_at desc, run_id desc
)

select * from latest
