{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='video_id',
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['video_id']}],
) }}
-- depends_on: {{ ref('stg_youtube__retention') }}

with retention as (
    select *
    from {{ ref('int_video_retention_deduplicated') }}
    {% if is_incremental() %}
        where {{ landed_videos('youtube_video_id') }}
    {% endif %}
),

videos as (
    select * from {{ ref('dim_videos') }}
),

polls as (
    select * from {{ ref('stg_ops__video_polls') }}
),

measured as (
    select
        videos.video_id,
        videos.channel_id,

        retention.elapsed_ratio,
        retention.watch_ratio,
        retention.relative_performance,

        greatest(retention.fetched_at, polls.retention_at) as as_of,
        retention.is_simulated
    from retention
    inner join videos on retention.youtube_video_id = videos.youtube_video_id
    left join polls on retention.youtube_video_id = polls.youtube_video_id
)

select * from measured
