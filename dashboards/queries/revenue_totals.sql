-- The period's figures and those of the period before. Averages are of final days only; RPM is of
-- the channels' days whose revenue was told, as a channel that cannot earn has views too. One row
-- per period.
with rates as (
    select
        day >= %(first)s as is_now,
        sum(revenue_usd) * 1000 / nullif(sum(views), 0) as rpm_usd
    from marts.fct_channel_days
    where day between %(before_first)s and %(last)s and is_final and revenue_usd is not null
    group by 1
),

sums as (
    select
        day >= %(first)s as is_now,
        sum(revenue_usd) as revenue_usd,
        avg(revenue_usd) filter (where not is_provisional) as revenue_a_day_usd,
        sum(views) as views,
        sum(watch_minutes) / 60 as watch_hours,
        sum(subscribers_net) as subscribers_net
    from marts.rpt_executive_days
    where day between %(before_first)s and %(last)s
    group by 1
)

select case when sums.is_now then 'now' else 'before' end as period, sums.*, rates.rpm_usd
from sums
left join rates using (is_now)
