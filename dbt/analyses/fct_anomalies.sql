-- What was out of the ordinary in the last 30 days?
select
    channel_id,
    metric,
    period_start,
    direction,
    observed,
    expected,
    score
from {{ ref('fct_anomalies') }}
where found_at > now() - interval '30 days'
order by found_at desc, channel_id asc, metric asc
