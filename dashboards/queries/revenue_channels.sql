-- Who earned the period's revenue, the most first; RPM over final days. One row per channel that
-- has a day in the period or the one before.
with days as (
    select
        channel_id,
        sum(revenue_usd) filter (where day >= %(first)s) as revenue_usd,
        sum(revenue_usd) filter (where day < %(first)s) as before_usd,
        sum(unattributed_revenue_usd) filter (where day >= %(first)s) as unattributed_usd,
        sum(views) filter (where day >= %(first)s) as views,
        sum(revenue_usd) filter (where day >= %(first)s and is_final) * 1000 / nullif(
            sum(views) filter (where day >= %(first)s and is_final and revenue_usd is not null), 0
        ) as rpm_usd,
        bool_or(is_simulated) as is_simulated
    from marts.fct_channel_days
    where day between %(before_first)s and %(last)s
    group by channel_id
)

select
    channel_id,
    coalesce(channels.title, channel_id) as title,
    days.revenue_usd,
    days.before_usd,
    days.revenue_usd / nullif(sum(days.revenue_usd) over (), 0) as share,
    days.unattributed_usd,
    days.views,
    days.rpm_usd,
    days.is_simulated
from days
left join marts.dim_channels as channels using (channel_id)
order by days.revenue_usd desc nulls last, title
