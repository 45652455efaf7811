with source as (
    select * from {{ source('ops', 'quota') }}
),

renamed as (
    select
        project,

        bucket,

        used,
        quota_limit,

        pacific_day as day
    from source
)

select * from renamed
