{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='video_id',
    on_schema_change='append_new_columns',
    indexes=[
        {'columns': ['video_id']},
        {'columns': ['channel_id', 'published_date']},
    ],
) }}
-- depends_on: {{ ref('int_days_touched') }}

with videos as (
    select * from {{ ref('dim_videos') }}
),

days as (
    select * from {{ ref('fct_video_days') }}
),

{% if is_incremental() %}
    touched_videos as (
        select distinct days.video_id
        from days
        inner join videos on days.video_id = videos.video_id
        where
            {{ touched('days.day') }}
            and days.day < videos.published_date + {{ var("launch_days") }}
    ),
{% endif %}

launches as (
    select
        videos.video_id,
        videos.channel_id,
        videos.format,
        videos.published_date,

        sum(days.views)::bigint as views,
        sum(days.engaged_views)::bigint as engaged_views,
        sum(days.watch_minutes) as watch_minutes,
        sum(days.revenue_usd) as revenue_usd,

        bool_and(days.is_final) and {{ is_settled(
            'videos.published_date + ' ~ var("launch_days") ~ ' - 1',
            'max(days.as_of)',
        ) }} as is_final,
        max(days.as_of) as as_of,
        bool_or(days.is_simulated) as is_simulated
    from videos
    inner join days
        on
            videos.video_id = days.video_id
            and days.day
            between videos.published_date
            and videos.published_date + {{ var("launch_days") }} - 1
    {% if is_incremental() %}
        where
            videos.video_id in (
                select touched_videos.video_id from touched_videos
            )
    {% endif %}
    group by
        videos.video_id,
        videos.channel_id,
        videos.format,
        videos.published_date
)

select * from launches
