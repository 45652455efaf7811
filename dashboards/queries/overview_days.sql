-- The lines: the period's days and, after them, those that are still provisional. One row per day.
select
    day,
    revenue_usd,
    cost_usd as loaded_cost_usd,
    margin_usd,
    cost_per_video_usd,
    views,
    videos_published,
    mrr_usd,
    is_provisional,
    is_simulated
from marts.rpt_executive_days
where day >= %(first)s and (day <= %(last)s or (%(with_newest)s and is_provisional))
order by day
