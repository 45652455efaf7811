-- What does a customer cost by where they came from, and when is it paid back?
select
    cohort_month,
    source,
    new_customers,
    cac_usd,
    ltv_low_usd,
    ltv_usd,
    payback_months,
    crossed_month,
    is_small_sample
from {{ ref('fct_acquisition_cohorts') }}
order by cohort_month, is_blended, source
