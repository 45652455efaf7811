-- Every channel as it is now, with one figure of the period and of the period before, and how its
-- production went. One row per channel.
with figures as (
    select
        channel_id,
        day,
        case %(metric)s
            when 'revenue' then revenue_usd
            when 'views' then views
            when 'watch' then watch_minutes / 60
            else subscribers_net
        end as value
    from marts.fct_channel_days
    where day between %(before_first)s and %(last)s
),

sums as (
    select
        channel_id,
        sum(value) filter (where day >= %(first)s) as value,
        sum(value) filter (where day < %(first)s) as before_value
    from figures
    group by channel_id
),

attempts as (
    select
        channel_id,
        count(*) as attempts,
        count(*) filter (where state = 'failed') as failed_attempts
    from marts.fct_stage_runs
    where started_at >= %(first)s::timestamp at time zone 'America/Los_Angeles'
        and started_at < (%(last)s::timestamp + interval '1 day') at time zone 'America/Los_Angeles'
    group by channel_id
)

select
    channels.channel_id,
    channels.title,
    channels.niche,
    channels.owner,
    channels.state,
    channels.subscribers,
    sums.value,
    sums.before_value,
    coalesce(attempts.attempts, 0) as attempts,
    coalesce(attempts.failed_attempts, 0) as failed_attempts,
    channels.last_published_at,
    channels.as_of,
    channels.is_simulated
from marts.dim_channels as channels
left join sums using (channel_id)
left join attempts using (channel_id)
order by sums.value desc nulls last, channels.title
