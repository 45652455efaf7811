with source as (
    select * from {{ source('anomalies', 'anomalies') }}
),

renamed as (
    select
        channel_id,

        metric,

        observed,
        expected,
        low,
        high,
        score,

        is_simulated,

        period_start,
        period_end,
        fetched_at as found_at,
        run_id
    from source
)

select * from renamed
