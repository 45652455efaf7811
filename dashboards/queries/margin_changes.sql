-- What moved the margin from the period before to this one, the largest first: a channel's revenue
-- and each type of its cost, USD; `all_usd` is the whole change. One row per contribution.
with parts as (
    select
        channel_id,
        'revenue' as what,
        day as day,
        revenue_usd as amount_usd,
        views
    from marts.fct_channel_days
    where day between %(before_first)s and %(last)s

    union all

    select channel_id, cost_type, booked_date, -amount_usd, null
    from marts.fct_cost_days
    where booked_date between %(before_first)s and %(last)s
),

sums as (
    select
        channel_id,
        what,
        coalesce(sum(amount_usd) filter (where day >= %(first)s), 0)
            - coalesce(sum(amount_usd) filter (where day < %(first)s), 0) as change_usd,
        sum(views) filter (where day >= %(first)s) as views,
        sum(views) filter (where day < %(first)s) as before_views
    from parts
    group by channel_id, what
)

select
    coalesce(channels.title, sums.channel_id) as title,
    sums.what,
    sums.change_usd,
    sums.views,
    sums.before_views,
    sum(sums.change_usd) over () as all_usd
from sums
left join marts.dim_channels as channels using (channel_id)
order by abs(sums.change_usd) desc, title, what
limit %(limit)s
