-- What decides whether the figures of a period may be laid beside those of as many days before:
-- how many days of each are known, told of and provisional, which channels are in one alone, and
-- whether any counts its views in two ways. A channel whose grant was lost, or that was paused and
-- forgotten, is asked no more: it is missing from the day after its last, and that is no zero. (One
-- that was asked once the period's days had settled has told all there is.) One row.
with days as (
    select
        count(*) filter (where day >= %(first)s) as days,
        count(*) filter (where day < %(first)s) as days_before,
        count(*) filter (where day >= %(first)s and views is null) as untold,
        count(*) filter (where day < %(first)s and views is null) as untold_before,
        count(*) filter (where day >= %(first)s and revenue_usd is null) as moneyless,
        count(*) filter (where day >= %(first)s and is_provisional) as provisional,
        count(*) filter (where day < %(first)s and is_provisional) as provisional_before
    from marts.rpt_executive_days
    where day between %(before_first)s and %(last)s
),

latest as (
    select
        channels.channel_id,
        channels.title,
        channels.state,
        (
            select max(days.day)
            from marts.fct_channel_days as days
            where days.channel_id = channels.channel_id
        ) as day
    from marts.dim_channels as channels
    where channels.state in ('reauth_required', 'paused')
        and coalesce(channels.as_of, '-infinity') < (
            least(%(last)s, %(settled)s)::timestamp + interval '4 days'
        ) at time zone 'America/Los_Angeles'
),

missing as (
    select
        array_agg(title order by day, title) as missing_titles,
        array_agg(day + 1 order by day, title) as missing_since,
        array_agg(channel_id order by channel_id) filter (where day >= %(before_first)s) as apart
    from latest
    where day < least(%(last)s, %(settled)s)
        and (state = 'reauth_required' or day >= %(before_first)s)
),

methods as (
    select count(distinct view_method) as methods
    from marts.fct_channel_days
    where day between %(before_first)s and %(last)s
    group by channel_id
)

select
    days.*,
    missing.*,
    coalesce((select max(methods) from methods), 0) > 1 as are_views_unlike
from days
cross join missing
