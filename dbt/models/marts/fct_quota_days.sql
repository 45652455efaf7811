with quota_days as (
    select * from {{ ref('stg_ops__quota_days') }}
),

measured as (
    select
        project,
        bucket,
        day,
        used,
        quota_limit,
        quota_limit - used as headroom
    from quota_days
)

select * from measured
