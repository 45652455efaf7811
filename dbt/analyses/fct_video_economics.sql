-- Which videos have earned back what they cost, and how fast?
select
    video_id,
    title,
    loaded_cost_usd,
    revenue_usd,
    contribution_margin_usd,
    days_to_break_even
from {{ ref('fct_video_economics') }}
order by contribution_margin_usd desc nulls last
limit 20
