-- Videos published in the period by one figure. One row per video.
with figures as (
    select
        videos.video_id,
        videos.title,
        videos.channel_id,
        videos.format,
        videos.published_date,
        economics.revenue_usd,
        economics.loaded_cost_usd,
        economics.contribution_margin_usd,
        videos.total_views,
        economics.is_final,
        videos.is_simulated,
        case %(metric)s
            when 'margin' then economics.contribution_margin_usd
            when 'revenue' then economics.revenue_usd
            when 'cost' then economics.loaded_cost_usd
            else videos.total_views
        end as value
    from marts.dim_videos as videos
    left join marts.fct_video_economics as economics using (video_id)
    where videos.published_date between %(first)s and %(last)s
        and (%(channel_id)s = '' or videos.channel_id = %(channel_id)s)
)

select figures.*, channels.title as channel
from figures
inner join marts.dim_channels as channels using (channel_id)
where figures.value is not null
order by
    case when %(order)s = 'lowest' then figures.value end asc,
    figures.value desc,
    figures.video_id asc
limit %(limit)s
