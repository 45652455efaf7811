-- A video, what it cost and what it earned; costs are null where it was not made here. One row.
select
    videos.video_id,
    videos.youtube_video_id,
    videos.request_id,
    videos.title,
    channels.title as channel,
    videos.format,
    videos.tier,
    videos.state,
    videos.seconds,
    videos.made_here,
    videos.published_at,
    videos.removed_at,
    videos.total_views,
    videos.counted_at,
    videos.is_simulated,
    economics.direct_cost_usd,
    economics.failed_cost_usd,
    economics.shared_cost_usd,
    economics.loaded_cost_usd,
    economics.revenue_usd,
    economics.contribution_margin_usd,
    economics.rpm_usd,
    economics.break_even_date,
    economics.is_final
from marts.dim_videos as videos
inner join marts.dim_channels as channels using (channel_id)
left join marts.fct_video_economics as economics using (video_id)
where videos.video_id = %(video_id)s
