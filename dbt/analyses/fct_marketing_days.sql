-- What is spent on advertising, by platform and week, in dollars?
select
    platform,
    date_trunc('week', day)::date as week,
    sum(spend_usd) as spend_usd
from {{ ref('fct_marketing_days') }}
group by platform, date_trunc('week', day)
order by week, platform
