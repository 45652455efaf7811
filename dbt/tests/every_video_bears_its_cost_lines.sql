-- Invariant 1, one step on: the economics of videos add up to the allocated cost lines.
with lines as (
    select
        video_id,
        sum(amount_usd) as amount_usd
    from {{ ref('fct_cost_lines') }}
    where is_allocated
    group by video_id
),

economics as (
    select * from {{ ref('fct_video_economics') }}
)

select
    coalesce(economics.video_id, lines.video_id) as video_id,
    lines.amount_usd,
    economics.loaded_cost_usd
from economics
full outer join lines on economics.video_id = lines.video_id
where
    economics.video_id is null
    or coalesce(lines.amount_usd, 0) <> economics.loaded_cost_usd
    or economics.direct_cost_usd
    + economics.failed_cost_usd
    + economics.shared_cost_usd <> economics.loaded_cost_usd
