with source as (
    select * from {{ source('ops', 'experiment_units') }}
),

renamed as (
    select
        experiment_id,
        video_id,
        variant,

        assigned_at
    from source
)

select * from renamed
