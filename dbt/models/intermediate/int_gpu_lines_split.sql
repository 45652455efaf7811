with lines as (
    select *
    from {{ ref('stg_ops__ledger_lines') }}
    where unit = 'second' and price_version like 'gpu@%'
),

runs as (
    select * from {{ ref('stg_ops__stage_runs') }}
),

-- A line tells how long the card worked, not when: its seconds are spread
-- evenly over its run.
begun as (
    select
        lines.line_id,
        coalesce(runs.device, 'unknown') as device,
        lines.quantity,
        lines.unit_price_usd,
        lines.amount_usd,
        lines.is_simulated,
        coalesce(runs.started_at, lines.booked_at) as began_at,
        coalesce(runs.finished_at, lines.booked_at) as ended_at
    from lines
    left join runs on lines.stage_run_id = runs.stage_run_id
),

hours as (
    select
        begun.line_id,
        begun.device,
        begun.quantity,
        begun.unit_price_usd,
        begun.amount_usd,
        begun.is_simulated,
        span.hour,
        extract(epoch from begun.ended_at - begun.began_at) as lasted_s,
        extract(
            epoch from greatest(span.hour, begun.began_at) - begun.began_at
        ) as before_s,
        extract(
            epoch
            from least(span.hour + interval '1 hour', begun.ended_at)
            - begun.began_at
        ) as until_s
    from
        begun,
        lateral generate_series(
            date_trunc('hour', begun.began_at, 'UTC'),
            greatest(begun.began_at, begun.ended_at),
            interval '1 hour'
        ) as span (hour)
    where
        span.hour < begun.ended_at
        or span.hour <= begun.began_at
),

-- Of each hour the sum until its end less the sum until its beginning: what is
-- rounded away of one is in the next, and nothing is lost.
shares as (
    select
        *,
        case when lasted_s > 0 then before_s / lasted_s else 0 end as share_before,
        case when lasted_s > 0 then until_s / lasted_s else 1 end as share_until
    from hours
),

split as (
    select
        line_id,
        device,
        hour,
        round(quantity * share_until, 3)
        - round(quantity * share_before, 3) as busy_s,
        round(amount_usd * share_until, 6)
        - round(amount_usd * share_before, 6) as amount_usd,
        unit_price_usd,
        is_simulated
    from shares
)

select * from split
