with source as (
    select * from {{ source('ops', 'quota_forecast') }}
),

renamed as (
    select
        project,

        bucket,

        used,
        held,
        quota_limit,
        headroom,

        pacific_day as day,
        forecast_exhausted_at
    from source
)

select * from renamed
