{{ config(materialized='table') }}

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
        max(fetched_at) filter (where source = 'youtube') as as_of,
        max(fetched_at) filter (where source = 'youtube_days') as looked_at
    from pulls
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
    answers.as_of,
    answers.looked_at,
    earnings.earning_since,
    coalesce(answers.channel_id, earnings.channel_id) as channel_id
from answers
full outer join earnings on answers.channel_id = earnings.channel_id
