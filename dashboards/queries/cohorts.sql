-- What the customers won in each month cost and are worth so far. One row per month.
select
    cohort_month,
    source,
    new_customers,
    spend_usd,
    cac_usd,
    arpa_usd,
    gross_margin_pct,
    churn_rate,
    is_churn_free,
    ltv_low_usd,
    ltv_usd,
    arpa_usd * gross_margin_pct
    / nullif(case when gross_margin_pct < 0 then churn_high else churn_low end, 0) as ltv_high_usd,
    ltv_to_cac,
    payback_months,
    crossed_month,
    cumulative_margin_usd,
    is_small_sample,
    is_simulated
from marts.fct_acquisition_cohorts
where source = %(source)s and cohort_month between %(first)s and %(last)s
order by cohort_month desc
