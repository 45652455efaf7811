-- What could be saved now, and since when is it known?
select
    latest.rule,
    latest.found,
    latest.to_do,
    latest.usd_a_month,
    (
        select min(earlier.found_on)
        from {{ ref('fct_savings') }} as earlier
        where earlier.rule = latest.rule
    ) as known_since
from {{ ref('fct_savings') }} as latest
where
    latest.found_on = (
        select max(every_day.found_on)
        from {{ ref('fct_savings') }} as every_day
    )
order by latest.usd_a_month desc, latest.rule
