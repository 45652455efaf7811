with source as (
    select * from {{ source('ops', 'savings') }}
),

renamed as (
    select
        found_on,
        rule,

        found,
        to_do,

        window_days,
        usd,
        usd_a_month
    from source
)

select * from renamed
