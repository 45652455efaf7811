-- What was booked in the period and in the one before. One row per period.
select
    case when booked_date >= %(first)s then 'now' else 'before' end as period,
    sum(amount_usd) as total_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'direct'), 0) as direct_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'failed'), 0) as failed_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'shared'), 0) as shared_usd,
    coalesce(sum(amount_usd) filter (where not is_allocated), 0) as unallocated_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'failed'), 0)
        / nullif(sum(amount_usd), 0) as failed_share
from marts.fct_cost_days
where booked_date between %(before_first)s and %(last)s
group by 1
