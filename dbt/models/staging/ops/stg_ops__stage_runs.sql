with source as (
    select * from {{ source('ops', 'stage_runs') }}
),

renamed as (
    select
        stage_run_id,
        video_id,

        stage,
        state,
        device,
        error,

        attempt,
        confidence,

        queued_at,
        started_at,
        finished_at
    from source
    where started_at <= {{ build_started_at() }}
)

select * from renamed
