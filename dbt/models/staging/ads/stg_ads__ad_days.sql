with source as (
    select * from {{ source('ads', 'ad_spend') }}
),

renamed as (
    select
        platform,
        account_id,
        campaign_id,

        campaign,
        currency,

        spend,
        impressions,
        clicks,
        conversions,

        is_simulated,

        day,
        fetched_at,
        run_id
    from source
)

select * from renamed
