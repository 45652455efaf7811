-- What did each channel earn a thousand views, month by month?
select
    channel_id,
    date_trunc('month', day)::date as month,
    sum(revenue_usd) as revenue_usd,
    sum(revenue_usd) * 1000
    / nullif(sum(views) filter (where revenue_usd is not null), 0) as rpm_usd
from {{ ref('fct_channel_days') }}
where is_final
group by channel_id, date_trunc('month', day)
order by month, channel_id
