-- Channels over the period, best margin first; without revenue the margin is what it cost, so that
-- all margins add up to the house's. One row per channel, and one without a channel for costs of the
-- whole house that no channel bears.
with days as (
    select
        channel_id,
        sum(revenue_usd) as revenue_usd,
        sum(views) as views,
        sum(watch_minutes) as watch_minutes,
        sum(subscribers_net) as subscribers_net,
        bool_or(is_simulated) as is_simulated
    from marts.fct_channel_days
    where day between %(first)s and %(last)s
    group by channel_id
),

costs as (
    select channel_id, sum(amount_usd) as loaded_cost_usd, bool_or(is_simulated) as is_simulated
    from marts.fct_cost_days
    where booked_date between %(first)s and %(last)s
    group by channel_id
),

published as (
    select channel_id, count(*) as videos_published
    from marts.dim_videos
    where published_date between %(first)s and %(last)s
    group by channel_id
)

select
    channels.channel_id,
    channels.title,
    channels.state,
    days.revenue_usd,
    coalesce(costs.loaded_cost_usd, 0) as loaded_cost_usd,
    case
        when num_nonnulls(days.revenue_usd, costs.loaded_cost_usd) > 0
            then coalesce(days.revenue_usd, 0) - coalesce(costs.loaded_cost_usd, 0)
    end as margin_usd,
    days.views,
    days.watch_minutes,
    days.subscribers_net,
    coalesce(published.videos_published, 0) as videos_published,
    channels.is_simulated or coalesce(days.is_simulated or costs.is_simulated, false)
        as is_simulated
from marts.dim_channels as channels
left join days using (channel_id)
left join costs using (channel_id)
left join published using (channel_id)

union all

select
    null, 'Whole house', null, null, loaded_cost_usd, -loaded_cost_usd,
    null, null, null, null, is_simulated
from costs
where channel_id is null and loaded_cost_usd > 0

order by margin_usd desc nulls last, title
