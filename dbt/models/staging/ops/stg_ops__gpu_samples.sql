with source as (
    select * from {{ source('ops', 'gpu_samples') }}
),

renamed as (
    select
        host,
        device,
        stage_run_id,

        memory_used_mb,
        memory_total_mb,
        utilisation_pct,

        sampled_at
    from source
    where sampled_at <= {{ build_started_at() }}
)

select * from renamed
