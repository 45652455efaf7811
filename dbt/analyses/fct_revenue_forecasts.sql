-- What is the running month likely to bring, and each channel's part?
select
    channel_id,
    day as month_start,
    low_usd,
    likely_usd,
    high_usd,
    known_usd,
    learnt_until
from {{ ref('fct_revenue_forecasts') }}
where grain = 'month'
order by day desc, likely_usd desc
