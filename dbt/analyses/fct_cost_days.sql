-- What was spent in the last 28 days, and on what?
select
    kind,
    provider,
    sum(amount_usd) as amount_usd
from {{ ref('fct_cost_days') }}
where booked_date > current_date - 28
group by kind, provider
order by amount_usd desc
