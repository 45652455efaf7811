with source as (
    select * from {{ source('ops', 'sources') }}
),

renamed as (
    select
        source,

        title,

        told_until,
        looked_at,
        late_at
    from source
)

select * from renamed
