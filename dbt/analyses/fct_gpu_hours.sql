-- How well were the cards used in the last week, and how full was their memory?
select
    device,
    round(100 * sum(busy_s) / nullif(sum(busy_s + idle_s), 0), 1) as busy_pct,
    max(peak_memory_mb) as peak_memory_mb,
    sum(cost_usd) as cost_usd
from {{ ref('fct_gpu_hours') }}
where hour >= now() - interval '7 days'
group by device
order by device
