-- Videos published in the period whose first seven days had at least `times` the engaged views of
-- the median of their channel and format, or as many times fewer, the farthest first. The median
-- is of launches of the 180 days up to the period's end, or of the period where it is longer, of
-- `least` at least. One row per video.
with launches as (
    select video_id, channel_id, format, published_date, engaged_views
    from marts.fct_video_launches
    where is_final and engaged_views is not null
        and published_date between least(%(first)s::date, %(last)s::date - 180) and %(last)s
        and (%(channel_id)s = '' or channel_id = %(channel_id)s)
),

medians as (
    select
        channel_id,
        format,
        count(*) as launches,
        percentile_cont(0.5) within group (order by engaged_views) as median_views
    from launches
    group by channel_id, format
    having count(*) >= %(least)s
),

compared as (
    select
        launches.video_id,
        launches.engaged_views,
        medians.median_views,
        medians.launches,
        launches.engaged_views / nullif(medians.median_views, 0) as ratio
    from launches
    inner join medians
        on launches.channel_id = medians.channel_id
        and launches.format is not distinct from medians.format
    where launches.published_date >= %(first)s
)

select
    compared.*,
    videos.title,
    videos.format,
    videos.published_date,
    videos.is_simulated,
    channels.title as channel
from compared
inner join marts.dim_videos as videos using (video_id)
inner join marts.dim_channels as channels using (channel_id)
where compared.ratio >= %(times)s or compared.ratio <= 1.0 / %(times)s
order by abs(ln(greatest(compared.ratio, 0.001))) desc, compared.video_id
limit %(limit)s
