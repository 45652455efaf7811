-- What could be saved now, and since when is it known?
with savings as (
    select
        *,
        max(found_on) over () as latest_look,
        min(found_on) over (partition by rule) as known_since
    from {{ ref('fct_savings') }}
)

select
    rule,
    found,
    to_do,
    usd_a_month,
    known_since
from savings
where found_on = latest_look
order by usd_a_month desc, rule asc
