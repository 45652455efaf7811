with versions as (
    select * from {{ ref('stg_youtube__retention') }}
),

latest as (
    select distinct on (youtube_video_id, elapsed_ratio) *
    from versions
    order by
        youtube_video_id asc, elapsed_ratio asc, fetched_at desc, run_id desc
)

select * from latest
