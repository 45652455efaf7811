{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='stage_run_id',
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['stage_run_id']}, {'columns': ['started_at']}],
) }}

with lines as (
    select * from {{ ref('stg_ops__ledger_lines') }}
),

-- A run goes on, ends or is paid for: older ones are as they were.
runs as (
    select *
    from {{ ref('stg_ops__stage_runs') }}
    {% if is_incremental() %}
        where
            finished_at is null
            or greatest(started_at, finished_at) > {{ ops_news_since() }}
            or stage_run_id in (
                select lines.stage_run_id
                from lines
                where lines.booked_at > {{ ops_news_since() }}
            )
    {% endif %}
),

videos as (
    select * from {{ ref('stg_ops__videos') }}
),

costs as (
    select
        stage_run_id,
        sum(amount_usd) as cost_usd
    from lines
    {% if is_incremental() %}
        where stage_run_id in (select runs.stage_run_id from runs)
    {% endif %}
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
