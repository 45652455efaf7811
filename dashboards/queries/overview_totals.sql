-- The tiles: the period's figures and those of the period before. One row per period.
select
    case when day >= %(first)s then 'now' else 'before' end as period,
    sum(revenue_usd) as revenue_usd,
    sum(cost_usd) as loaded_cost_usd,
    sum(revenue_usd) - sum(cost_usd) as margin_usd,
    sum(published_cost_usd) / nullif(sum(videos_made), 0) as cost_per_video_usd,
    sum(views) as views,
    sum(videos_published) as videos_published,
    (array_agg(mrr_usd order by day desc))[1] as mrr_usd
from marts.rpt_executive_days
where day between %(before_first)s and %(last)s
group by 1
