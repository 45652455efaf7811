with source as (
    select * from {{ source('ops', 'ledger') }}
),

renamed as (
    select
        line_id,
        stage_run_id,
        video_id,
        channel_id,

        provider,
        kind,
        unit,
        price_version,

        quantity,
        unit_price_usd,
        amount_usd,

        is_failed,
        is_simulated,

        booked_at
    from source
    where booked_at <= {{ build_started_at() }}
)

select * from renamed
