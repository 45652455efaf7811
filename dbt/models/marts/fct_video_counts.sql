{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['video_id', 'counted_at'],
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['video_id', 'counted_at']}],
) }}

with counts as (
    select *
    from {{ ref('stg_youtube__video_counts') }}
    {% if is_incremental() %}
        where landing > {{ built_landed() }}
    {% endif %}
),

videos as (
    select * from {{ ref('dim_videos') }}
),

young as (
    select distinct on (videos.video_id, counts.fetched_at)
        videos.video_id,
        videos.channel_id,
        counts.fetched_at as counted_at,

        round(
            extract(epoch from counts.fetched_at - videos.published_at) / 3600,
            3
        ) as age_h,
        counts.views,
        counts.likes,
        counts.comments,

        counts.is_simulated
    from counts
    inner join videos on counts.youtube_video_id = videos.youtube_video_id
    where
        counts.fetched_at >= videos.published_at
        and counts.fetched_at
        < videos.published_at + interval '{{ var("launch_hours") }} hours'
    order by
        videos.video_id asc, counts.fetched_at asc, counts.landing desc
)

select * from young
