-- Published videos with the best margin since they exist. One row per video.
select
    economics.video_id,
    economics.title,
    channels.title as channel,
    economics.format,
    economics.published_date,
    economics.views,
    economics.revenue_usd,
    economics.loaded_cost_usd,
    economics.contribution_margin_usd,
    economics.break_even_date,
    economics.is_final,
    economics.is_simulated
from marts.fct_video_economics as economics
inner join marts.dim_channels as channels using (channel_id)
where economics.published_at is not null
order by economics.contribution_margin_usd desc, economics.published_at desc
limit %(limit)s
