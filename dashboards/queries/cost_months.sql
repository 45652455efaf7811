-- Months of the ledger, the newest first. One row per Pacific month that has lines booked in the
-- period; its figures are of the whole month.
select
    cost_month,
    sum(amount_usd) as total_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'direct'), 0) as direct_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'failed'), 0) as failed_usd,
    coalesce(sum(amount_usd) filter (where cost_type = 'shared'), 0) as shared_usd,
    coalesce(sum(amount_usd) filter (where not is_allocated), 0) as unallocated_usd,
    bool_or(is_simulated) as is_simulated,
    count(*) over () as all_rows,
    sum(sum(amount_usd)) over () as all_usd
from marts.fct_cost_days
where cost_month between date_trunc('month', %(first)s::timestamp)::date and %(last)s
group by cost_month
order by cost_month desc
