with lines as (
    select * from {{ ref('int_gpu_lines_split') }}
),

samples as (
    select * from {{ ref('stg_ops__gpu_samples') }}
),

used as (
    select
        device,
        hour,
        sum(busy_s) as busy_s,
        sum(amount_usd) as cost_usd,
        max(unit_price_usd) as second_usd,
        bool_or(is_simulated) as is_simulated
    from lines
    group by device, hour
),

sampled as (
    select
        device,
        date_trunc('hour', sampled_at, 'UTC') as hour,
        count(distinct host)::integer as cards,
        max(memory_used_mb) as peak_memory_mb
    from samples
    group by device, date_trunc('hour', sampled_at, 'UTC')
),

joined as (
    select
        coalesce(used.device, sampled.device) as device,
        coalesce(used.hour, sampled.hour) as hour,
        coalesce(sampled.cards, 1) as cards,
        coalesce(used.busy_s, 0)::numeric(18, 3) as busy_s,
        sampled.peak_memory_mb,
        coalesce(used.cost_usd, 0)::numeric(18, 6) as cost_usd,
        used.second_usd,
        coalesce(used.is_simulated, false) as is_simulated
    from used
    full join sampled
        on used.device = sampled.device and used.hour = sampled.hour
),

measured as (
    select
        device,
        hour,
        cards,
        busy_s,
        -- The hour that runs has only its seconds so far.
        greatest(
            cards * extract(
                epoch from least(
                    interval '1 hour', {{ build_started_at() }} - hour
                )
            ) - busy_s,
            0
        )::numeric(18, 3) as idle_s,
        peak_memory_mb,
        cost_usd,
        second_usd,
        is_simulated
    from joined
)

select
    device,
    hour,
    cards,
    busy_s,
    idle_s,
    peak_memory_mb,
    cost_usd,
    (idle_s * second_usd)::numeric(18, 6) as idle_cost_usd,
    is_simulated
from measured
