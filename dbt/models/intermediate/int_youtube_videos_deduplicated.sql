with versions as (
    select * from {{ ref('stg_youtube__videos') }}
),

latest as (
    select distinct on (youtube_video_id) *
    from versions
    order by youtube_video_id asc, fetched_at desc, run_id desc
)

select * from latest
