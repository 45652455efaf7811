-- Invariant: USD = native x the stored rate; without a rate there is no sum that pretends.
select
    platform,
    campaign_id,
    day,
    currency,
    spend,
    fx_rate,
    spend_usd
from {{ ref('fct_marketing_days') }}
where
    fx_rate is null
    or spend_usd is null
    or abs(spend_usd - spend * fx_rate) > 0.000001
    or (currency = 'USD' and fx_rate <> 1)
