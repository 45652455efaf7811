-- What was money spent on this month, and how much of it on failures?
select
    provider,
    kind,
    cost_type,
    sum(amount_usd) as amount_usd
from {{ ref('fct_cost_lines') }}
where cost_month = date_trunc('month', now() at time zone 'America/Los_Angeles')
group by provider, kind, cost_type
order by amount_usd desc
