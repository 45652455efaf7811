-- Invariants 5 and 10 for channels: missing from an answer is not zero.
with versions as (
    select
        *,
        max(fetched_at) over (partition by channel_id, day) as latest_fetched_at
    from {{ ref('stg_youtube__channel_days') }}
),

answers as (
    select
        channel_id,
        day,
        views,
        revenue_usd
    from versions
    where fetched_at = latest_fetched_at
),

days as (
    select
        channel_id,
        day,
        views,
        revenue_usd
    from {{ ref('fct_channel_days') }}
)

(
    select
        'missing or stale in the mart' as finding,
        missing.*
    from (
        select * from answers
        except
        select * from days
    ) as missing
)
union all
(
    select
        'never answered by YouTube' as finding,
        invented.*
    from (
        select * from days
        except
        select * from answers
    ) as invented
)
