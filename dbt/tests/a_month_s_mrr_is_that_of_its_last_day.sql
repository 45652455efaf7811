-- Invariant 11: what the first page says of a month's last day is what the month closed with.
select
    months.month,
    months.closing_mrr_usd,
    days.mrr_usd
from {{ ref('rpt_mrr_months') }} as months
inner join {{ ref('rpt_executive_days') }} as days
    on (months.month + interval '1 month')::date - 1 = days.day
where months.is_closed and months.closing_mrr_usd <> days.mrr_usd
