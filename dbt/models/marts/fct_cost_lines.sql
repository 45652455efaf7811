{{ config(
    materialized='incremental',
    incremental_strategy='whole_cost_months',
    on_schema_change='append_new_columns',
    indexes=[
        {'columns': ['booked_at']},
        {'columns': ['video_id']},
        {'columns': ['cost_month', 'channel_id']},
    ],
) }}
-- depends_on: {{ ref('int_cost_months_touched') }}

with lines as (
    select *
    from {{ ref('int_ledger_lines_classified') }}
    {% if is_incremental() %}
        where {{ in_touched_cost_months('booked_at') }}
    {% endif %}
),

shares as (
    select *
    from {{ ref('int_cost_lines_shared') }}
    {% if is_incremental() %}
        where {{ in_touched_cost_months('booked_at') }}
    {% endif %}
),

borne as (
    select
        line_id,
        video_id,
        channel_id,
        1 as share,
        amount_usd
    from lines
    where cost_type = 'direct'
    union all
    select
        line_id,
        video_id,
        channel_id,
        share,
        amount_usd
    from shares
),

-- A line that nobody bears keeps its amount, on a row without a video.
brought_home as (
    select
        lines.line_id,
        borne.video_id,
        lines.video_id as source_video_id,
        lines.stage_run_id as attempt_id,
        coalesce(borne.channel_id, lines.channel_id) as channel_id,

        lines.cost_type,
        lines.provider,
        lines.kind,
        lines.unit,

        coalesce(borne.share, 1) as share,
        coalesce(borne.amount_usd, lines.amount_usd) as amount_usd,
        borne.video_id is not null as is_allocated,

        lines.price_version,
        lines.booked_at,
        lines.booked_date,
        lines.cost_month,
        lines.is_simulated
    from lines
    left join borne on lines.line_id = borne.line_id
)

select * from brought_home
