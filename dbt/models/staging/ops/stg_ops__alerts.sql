with source as (
    select * from {{ source('ops', 'alerts') }}
),

renamed as (
    select
        cause,
        kind,
        severity,

        title,
        body,

        raised_at,
        told_at
    from source
)

select * from renamed
