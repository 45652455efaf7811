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

select
    case
        when answers.channel_id is null then 'never answered by YouTube'
        when days.channel_id is null then 'missing in the mart'
        else 'stale in the mart'
    end as finding,
    coalesce(answers.channel_id, days.channel_id) as channel_id,
    coalesce(answers.day, days.day) as day,
    answers.views as answered_views,
    days.views,
    answers.revenue_usd as answered_revenue_usd,
    days.revenue_usd
from answers
full join days
    on answers.channel_id = days.channel_id and answers.day = days.day
where
    answers.channel_id is null
    or days.channel_id is null
    or answers.views is distinct from days.views
    or answers.revenue_usd is distinct from days.revenue_usd
