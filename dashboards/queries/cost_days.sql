-- What was booked over time, by kind, provider or type; the seventh name and all after it are
-- `other`. `bucket` is day, week or month. One row per bucket and name.
with lines as (
    select
        date_trunc(%(bucket)s, booked_date::timestamp)::date as bucket,
        case %(by)s
            when 'kind' then kind
            when 'provider' then provider
            else case when is_allocated then cost_type else 'unallocated' end
        end as name,
        sum(amount_usd) as amount_usd,
        bool_or(is_simulated) as is_simulated
    from marts.fct_cost_days
    where booked_date between %(first)s and %(last)s
    group by 1, 2
),

ranked as (
    select name, sum(amount_usd) as total_usd,
        row_number() over (order by sum(amount_usd) desc, name) as place
    from lines
    group by name
)

select
    lines.bucket,
    case when ranked.place < 7 then lines.name else 'other' end as name,
    sum(lines.amount_usd) as amount_usd,
    min(ranked.place) as place,
    bool_or(lines.is_simulated) as is_simulated
from lines
inner join ranked using (name)
group by 1, 2
order by place, lines.bucket
