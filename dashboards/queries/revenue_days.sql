-- Revenue by day beside that of as many days earlier, where those may be compared, and the
-- provisional days that follow when asked for. One row per Pacific day.
select
    days.day,
    days.revenue_usd,
    earlier.revenue_usd as before_usd,
    days.rpm_usd,
    days.views,
    days.watch_minutes / 60 as watch_hours,
    days.subscribers_net,
    days.revenue_usd as revenue_a_day_usd,
    days.is_provisional,
    days.is_simulated
from marts.rpt_executive_days as days
left join marts.rpt_executive_days as earlier
    on earlier.day = days.day - (%(last)s::date - %(first)s::date + 1)
    and earlier.day >= %(before_first)s
    and earlier.day < %(first)s
where days.day >= %(first)s
    and (days.day <= %(last)s or (%(with_newest)s and days.is_provisional))
order by days.day
