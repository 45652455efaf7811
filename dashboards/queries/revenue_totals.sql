-- The period's revenue and that of the period before; rates over final days only. One row per
-- period.
select
    case when day >= %(first)s then 'now' else 'before' end as period,
    count(*) as days,
    sum(revenue_usd) as revenue_usd,
    sum(revenue_usd) / nullif(count(revenue_usd), 0) as revenue_a_day_usd,
    sum(revenue_usd) filter (where not is_provisional) * 1000
        / nullif(sum(views) filter (where not is_provisional and revenue_usd is not null), 0)
        as rpm_usd,
    sum(views) as views,
    sum(watch_minutes) / 60 as watch_hours,
    sum(subscribers_net) as subscribers_net,
    count(*) filter (where is_provisional) as provisional_days,
    count(*) filter (where revenue_usd is null) as unreported_days
from marts.rpt_executive_days
where day between %(before_first)s and %(last)s
group by 1
