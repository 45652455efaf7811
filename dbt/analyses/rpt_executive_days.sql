-- Did the house earn money in the last month, of the days that are whole?
select
    sum(revenue_usd) as revenue_usd,
    sum(cost_usd) as cost_usd,
    sum(margin_usd) as margin_usd,
    sum(views) as views
from {{ ref('rpt_executive_days') }}
where
    not is_provisional
    and day > current_date - 31
