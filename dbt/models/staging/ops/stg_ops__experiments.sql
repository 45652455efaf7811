with source as (
    select * from {{ source('ops', 'experiments') }}
),

renamed as (
    select
        experiment_id,
        channel_id,

        kind,
        hypothesis,
        setting as varied,
        outcome,
        decision,
        winner,
        reason,

        units as planned_units,
        looks as planned_looks,
        look as reached_looks,
        alpha,
        srm_p,

        started_at,
        ended_at,
        judged_at
    from source
    where started_at is not null
)

select * from renamed
