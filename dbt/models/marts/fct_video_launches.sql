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

with days as (
    select * from {{ ref('fct_video_days') }}
),

videos as (
    select *
    from {{ ref('dim_videos') }} as videos
    {% if is_incremental() %}
        where
            exists (
                select 1
                from {{ ref('int_days_touched') }} as touched
                where
                    touched.day between videos.published_date
                    and videos.published_date + {{ var("launch_days") }} - 1
            )
    {% endif %}
),

-- Video by video: its few days are found by its place in their index, however many there are.
launches as (
    select
        videos.video_id,
        videos.channel_id,
        videos.format,
        videos.published_date,

        summed.views,
        summed.engaged_views,
        summed.watch_minutes,
        summed.revenue_usd,

        summed.are_all_final and {{ is_settled(
            'videos.published_date + ' ~ var("launch_days") ~ ' - 1',
            'summed.as_of',
        ) }} as is_final,
        summed.as_of,
        summed.is_simulated
    from videos
    cross join
        lateral (
            select
                sum(days.views)::bigint as views,
                sum(days.engaged_views)::bigint as engaged_views,
                sum(days.watch_minutes) as watch_minutes,
                sum(days.revenue_usd) as revenue_usd,
                bool_and(days.is_final) as are_all_final,
                max(days.as_of) as as_of,
                bool_or(days.is_simulated) as is_simulated
            from days
            where
                days.video_id = videos.video_id
                and days.day between videos.published_date
                and videos.published_date + {{ var("launch_days") }} - 1
        ) as summed
    where summed.as_of is not null
)

select * from launches
