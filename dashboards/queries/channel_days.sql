-- One figure of the channels over the days: revenue, views, watch hours or subscribers. Of all
-- channels the six largest; of one, that one. One row per channel and Pacific day.
with days as (
    select
        channel_id,
        day,
        case %(metric)s
            when 'revenue' then revenue_usd
            when 'views' then views
            when 'watch' then watch_minutes / 60
            else subscribers_net
        end as value,
        is_final,
        is_simulated
    from marts.fct_channel_days
    where day >= %(first)s
        and (day <= %(last)s or (%(with_newest)s and not is_final))
        and (%(channel_id)s = '' or channel_id = %(channel_id)s)
),

ranked as (
    select
        channel_id,
        row_number() over (order by sum(value) desc nulls last, channel_id) as place
    from days
    group by channel_id
)

select
    channel_id,
    coalesce(channels.title, channel_id) as title,
    days.day,
    days.value,
    not days.is_final as is_provisional,
    days.is_simulated
from days
inner join ranked using (channel_id)
left join marts.dim_channels as channels using (channel_id)
where ranked.place <= 6
order by ranked.place, days.day
