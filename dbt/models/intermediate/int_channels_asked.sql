with pulls as (
    select * from {{ ref('stg_youtube__pulls') }}
),

channel_days as (
    select * from {{ ref('stg_youtube__channel_days') }}
),

-- A pull that finds nothing changed lands no row but is recorded.
answers as (
    select
        channel_id,
        fetched_at
    from pulls
    where source = 'youtube'
    union all
    select
        channel_id,
        fetched_at
    from channel_days
),

latest as (
    select
        channel_id,
        max(fetched_at) as as_of
    from answers
    group by channel_id
),

earnings as (
    select
        channel_id,
        min(day) as earning_since
    from channel_days
    where revenue_usd is not null
    group by channel_id
)

select
    latest.channel_id,
    latest.as_of,
    earnings.earning_since
from latest
left join earnings on latest.channel_id = earnings.channel_id
