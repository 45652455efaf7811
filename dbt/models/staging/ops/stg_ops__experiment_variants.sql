with source as (
    select * from {{ source('ops', 'experiment_variants') }}
),

renamed as (
    select
        experiment_id,
        variant,

        value #>> '{}' as value,

        share,
        units,
        measured as measured_units,
        estimate,
        ci_low,
        ci_high,

        place,
        place = 0 as is_control
    from source
)

select * from renamed
