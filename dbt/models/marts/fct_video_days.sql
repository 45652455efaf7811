with days as (
    select * from {{ ref('int_video_days_deduplicated') }}
),

videos as (
    select * from {{ ref('dim_videos') }}
),

asked as (
    select * from {{ ref('int_channels_asked') }}
),

judged as (
    select
        days.*,
        videos.video_id,
        videos.format,
        greatest(days.fetched_at, asked.as_of) as as_of,
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
),

measured as (
    select
        video_id,
        channel_id,
        day,

        views,
        engaged_views,
        watch_minutes,
        null::bigint as impressions,
        null::numeric(9, 6) as ctr,
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
