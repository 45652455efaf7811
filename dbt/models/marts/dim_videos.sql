{{ config(
    indexes=[
        {'columns': ['video_id']},
        {'columns': ['published_at', 'video_id']},
        {'columns': ['published_date']},
        {'columns': ['counted_at']},
    ],
) }}

with made as (
    select * from {{ ref('stg_ops__videos') }}
),

requests as (
    select * from {{ ref('stg_ops__requests') }}
),

found as (
    select * from {{ ref('int_youtube_videos_deduplicated') }}
),

polls as (
    select * from {{ ref('stg_ops__video_polls') }}
),

channels as (
    select * from {{ ref('stg_ops__channels') }}
),

-- A video is listed, and its days may be told, before its metadata is.
listed as (
    select
        coalesce(found.youtube_video_id, polls.youtube_video_id)
            as youtube_video_id,
        coalesce(found.channel_id, polls.channel_id) as channel_id,

        found.title,
        found.privacy_status,

        found.seconds,

        found.is_simulated,

        coalesce(found.published_at, polls.published_at) as published_at,
        coalesce(
            polls.removed_at,
            case when found.upload_status = 'deleted' then found.fetched_at end
        ) as removed_at
    from found
    full outer join polls on found.youtube_video_id = polls.youtube_video_id
),

counts as (
    select
        *,
        extract(epoch from fetched_at - previous_fetched_at) / 3600 as gap_h,
        -- A counter that falls was corrected by YouTube; it is no viewing.
        case when views >= previous_views then views - previous_views end
            as views_delta
    from {{ ref('int_video_counts_latest') }}
),

joined as (
    select
        coalesce(made.video_id, listed.youtube_video_id) as video_id,
        coalesce(made.youtube_video_id, listed.youtube_video_id)
            as youtube_video_id,
        coalesce(made.channel_id, listed.channel_id) as channel_id,

        coalesce(listed.title, made.title, listed.youtube_video_id) as title,
        made.format,
        made.tier,
        coalesce(made.state, 'found') as state,
        made.request_id,
        requests.source,
        listed.privacy_status,

        coalesce(made.seconds, listed.seconds) as seconds,

        made.video_id is not null as made_here,
        coalesce(made.is_simulated, false)
        or coalesce(listed.is_simulated, false) as is_simulated,

        coalesce(made.published_at, listed.published_at) as published_at,
        coalesce(made.removed_at, listed.removed_at) as removed_at
    from made
    full outer join listed on made.youtube_video_id = listed.youtube_video_id
    left join requests on made.request_id = requests.request_id
),

described as (
    select
        joined.video_id,
        joined.youtube_video_id,
        joined.channel_id,

        joined.title,
        joined.format,
        joined.tier,
        joined.state,
        joined.request_id,
        joined.source,
        joined.seconds,
        joined.privacy_status,
        joined.made_here,

        joined.published_at,
        {{ pacific_day('joined.published_at') }} as published_date,
        joined.removed_at,

        counts.views as total_views,
        counts.likes as total_likes,
        counts.comments as total_comments,
        round(counts.views_delta / nullif(counts.gap_h, 0), 3)
            as views_per_hour,
        counts.fetched_at as counted_at,

        joined.is_simulated
        or coalesce(channels.is_simulated, false) as is_simulated
    from joined
    left join channels on joined.channel_id = channels.channel_id
    left join counts on joined.youtube_video_id = counts.youtube_video_id
)

select * from described
