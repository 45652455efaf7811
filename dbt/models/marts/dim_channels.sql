with channels as (
    select * from {{ ref('stg_ops__channels') }}
),

counters as (
    select distinct on (channel_id) *
    from {{ ref('stg_youtube__channels') }}
    order by channel_id asc, fetched_at desc, run_id desc
),

publications as (
    select
        channel_id,
        count(*) as videos_published,
        min(published_at) as first_published_at,
        max(published_at) as last_published_at
    from {{ ref('dim_videos') }}
    where published_at is not null and state <> 'failed'
    group by channel_id
),

described as (
    select
        channels.channel_id,
        coalesce(channels.youtube_channel_id, counters.youtube_channel_id)
            as youtube_channel_id,

        channels.title,
        channels.niche,
        channels.language,
        channels.owner,
        channels.formats,
        channels.state,

        counters.subscribers,
        counters.views as total_views,
        counters.videos as total_videos,
        coalesce(publications.videos_published, 0) as videos_published,

        publications.first_published_at,
        publications.last_published_at,
        channels.created_at,
        counters.fetched_at as as_of,

        channels.is_simulated or coalesce(counters.is_simulated, false)
            as is_simulated
    from channels
    left join counters on channels.channel_id = counters.channel_id
    left join publications on channels.channel_id = publications.channel_id
)

select * from described
