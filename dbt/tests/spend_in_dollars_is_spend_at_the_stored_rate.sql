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
    or spend_usd is distinct from round(spend * fx_rate, 6)
    or (currency = 'USD' and fx_rate <> 1)
