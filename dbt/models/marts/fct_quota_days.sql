with quota_days as (
    select * from {{ ref('stg_ops__quota_days') }}
),

measured as (
    select
        project,
        bucket,
        day,
        used,
        held,
        quota_limit,
        headroom,
        forecast_exhausted_at
    from quota_days
)

select * from measured
