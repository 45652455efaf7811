-- Which videos began better than the median of their channel?
select
    launches.video_id,
    launches.engaged_views,
    launches.engaged_views / nullif(medians.engaged_views, 0)
        as of_channel_median
from {{ ref('fct_video_launches') }} as launches
inner join (
    select
        channel_id,
        format,
        percentile_cont(0.5) within group (
            order by engaged_views
        ) as engaged_views
    from {{ ref('fct_video_launches') }}
    where is_final
    group by channel_id, format
) as medians
    on
        launches.channel_id = medians.channel_id
        and launches.format is not distinct from medians.format
where launches.is_final
order by of_channel_median desc nulls last, launches.video_id
limit 100
