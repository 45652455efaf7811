with runs as (
    select * from {{ ref('stg_ops__stage_runs') }}
),

videos as (
    select * from {{ ref('stg_ops__videos') }}
),

costs as (
    select
        stage_run_id,
        sum(amount_usd) as cost_usd
    from {{ ref('stg_ops__ledger_lines') }}
    group by stage_run_id
),

measured as (
    select
        runs.stage_run_id,
        runs.video_id,
        videos.channel_id,

        runs.stage,
        runs.attempt,
        runs.state,
        runs.device,

        extract(epoch from runs.started_at - runs.queued_at) as queued_s,
        extract(epoch from runs.finished_at - runs.started_at) as run_s,
        runs.confidence,
        coalesce(costs.cost_usd, 0) as cost_usd,
        runs.error,

        runs.started_at,
        runs.finished_at,
        videos.is_simulated
    from runs
    inner join videos on runs.video_id = videos.video_id
    left join costs on runs.stage_run_id = costs.stage_run_id
)

select * from measured
