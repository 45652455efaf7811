-- What the house is likely to earn: the days after the last final one, and the month, as it was said
-- last. One row per day or month; a row of nulls but for `final_days` where nothing was said yet.
with known as (
    select count(*) as final_days, max(day) as last_day
    from marts.rpt_executive_days
    where not is_provisional and revenue_usd is not null
),

latest as (
    select *
    from marts.fct_revenue_forecasts
    where channel_id = '' and learnt_until = (
        select max(learnt_until) from marts.fct_revenue_forecasts where channel_id = ''
    )
)

select
    latest.grain,
    latest.day,
    latest.low_usd,
    latest.likely_usd,
    latest.high_usd,
    latest.known_usd,
    latest.learnt_until,
    latest.learnt_days,
    latest.is_simulated,
    known.final_days
from known
left join latest on latest.learnt_until > known.last_day - 14
order by latest.grain, latest.day
