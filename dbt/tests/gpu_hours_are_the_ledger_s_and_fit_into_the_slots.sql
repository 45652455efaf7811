-- What cards cost by the hour is what the ledger booked for them, and none
-- worked longer than the slots of the pool `gpu` let it.
with lines as (
    select coalesce(sum(amount_usd), 0) as usd
    from {{ ref('stg_ops__ledger_lines') }}
    where unit = 'second' and price_version like 'gpu@%'
),

hours as (
    select
        coalesce(sum(cost_usd), 0) as usd,
        coalesce(max(busy_s), 0) as busiest_s
    from {{ ref('fct_gpu_hours') }}
)

select
    lines.usd as booked_usd,
    hours.usd as shown_usd,
    hours.busiest_s
from lines
cross join hours
where lines.usd <> hours.usd or hours.busiest_s > 3600 * {{ var('gpu_slots') }}
