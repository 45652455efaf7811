{{ config(
    materialized='incremental',
    incremental_strategy='whole_days',
    unique_key=['video_id', 'day'],
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['video_id', 'day']}, {'columns': ['day', 'channel_id']}],
) }}
-- depends_on: {{ ref('int_days_touched') }}

with days as (
    select *
    from {{ ref('int_video_days_deduplicated') }}
    {% if is_incremental() %}
        where {{ touched('day') }}
    {% endif %}
),

videos as (
    select * from {{ ref('dim_videos') }}
),

asked as (
    select * from {{ ref('int_channels_asked') }}
),

polls as (
    select * from {{ ref('stg_ops__video_polls') }}
),

reach as (
    select *
    from {{ ref('int_reach_days_deduplicated') }}
    {% if is_incremental() %}
        where {{ touched('day') }}
    {% endif %}
),

judged as (
    select
        days.*,
        videos.video_id,
        videos.format,
        reach.impressions,
        reach.ctr,
        greatest(
            days.fetched_at, {{ last_look('days.day', 'polls.days_asked_at') }}
        ) as as_of,
        asked.earning_since,
        case
            when
                days.day >= '{{ var("first_frame_day") }}'::date
                or (
                    videos.format = 'short'
                    and days.day
                    >= '{{ var("first_frame_day_of_shorts") }}'::date
                )
                then 'first_frame'
            else 'legacy'
        end as view_method
    from days
    inner join videos on days.youtube_video_id = videos.youtube_video_id
    left join asked on days.channel_id = asked.channel_id
    left join polls on days.youtube_video_id = polls.youtube_video_id
    left join reach
        on
            days.youtube_video_id = reach.youtube_video_id
            and days.day = reach.day
),

measured as (
    select
        video_id,
        channel_id,
        day,

        views,
        engaged_views,
        watch_minutes,
        impressions,
        ctr,
        likes,
        comments,
        shares,
        subscribers_net,
        revenue_usd,
        ad_impressions,
        monetized_playbacks,
        case
            when {{ is_settled('day', 'as_of') }}
                then
                    {{ rpm(
                        'revenue_usd',
                        "case when format = 'short' then engaged_views else views end",
                    ) }}
        end as rpm_usd,

        view_method,
        {{ is_final('day', 'as_of', 'revenue_usd', 'earning_since') }}
            as is_final,
        as_of,
        is_simulated
    from judged
)

select * from measured
{% if not is_incremental() %}
    -- A day lies in one place, where the hours find it.
    order by day
{% endif %}
