with days as (
    {{ latest('stg_ads__ad_days', 'platform, account_id, campaign_id, day') }}
),

rates as (
    select * from {{ ref('int_exchange_rates_daily') }}
),

converted as (
    select
        days.platform,
        days.account_id,
        days.campaign_id,
        days.campaign,
        days.day,
        days.currency,
        days.spend,
        round(
            case when days.currency = 'USD' then 1 else rates.usd_per_unit end, 10
        ) as fx_rate,
        days.impressions,
        days.clicks,
        days.conversions,
        days.is_simulated
    from days
    left join rates on days.currency = rates.currency and days.day = rates.day
)

select
    platform,
    account_id,
    campaign_id,
    campaign,
    day,
    currency,
    spend,
    fx_rate,
    round(spend * fx_rate, 6) as spend_usd,
    impressions,
    clicks,
    conversions,
    is_simulated
from converted
