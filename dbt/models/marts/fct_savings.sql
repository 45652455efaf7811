with savings as (
    select * from {{ ref('stg_ops__savings') }}
)

select
    found_on,
    rule,

    found,
    to_do,

    window_days,
    usd,
    usd_a_month
from savings
