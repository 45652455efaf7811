-- Which videos began better than the median of their channel?
with finals as (
    select * from {{ ref('fct_video_launches') }}
    where is_final
),

medians as (
    select
        channel_id,
        format,
        percentile_cont(0.5) within group (
            order by engaged_views
        ) as engaged_views
    from finals
    group by channel_id, format
)

select
    finals.video_id,
    finals.engaged_views,
    finals.engaged_views / nullif(medians.engaged_views, 0)
        as of_channel_median
from finals
inner join medians
    on
        finals.channel_id = medians.channel_id
        and finals.format is not distinct from medians.format
order by of_channel_median desc nulls last, finals.video_id asc
limit 100
