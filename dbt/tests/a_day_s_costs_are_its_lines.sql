-- Pages that show sums show those of the lines they lead to.
with days as (
    select
        booked_date,
        channel_id,
        sum(amount_usd) as amount_usd,
        sum(lines) as lines
    from {{ ref('fct_cost_days') }}
    group by booked_date, channel_id
),

booked as (
    select
        booked_date,
        coalesce(channel_id, '') as channel_id,
        sum(amount_usd) as amount_usd,
        count(*) as lines
    from {{ ref('fct_cost_lines') }}
    where {{ in_touched_cost_months('booked_at') }}
    group by booked_date, coalesce(channel_id, '')
)

select
    booked.booked_date,
    booked.channel_id,
    booked.amount_usd,
    days.amount_usd as summed_usd,
    booked.lines,
    days.lines as summed_lines
from booked
left join days
    on
        booked.booked_date = days.booked_date
        and booked.channel_id = coalesce(days.channel_id, '')
where
    days.booked_date is null
    or booked.amount_usd <> days.amount_usd
    or booked.lines <> days.lines
