{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='cost_month',
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['booked_date']}, {'columns': ['cost_month']}],
) }}
-- depends_on: {{ ref('int_cost_months_touched') }}

with lines as (
    select *
    from {{ ref('fct_cost_lines') }}
    {% if is_incremental() %}
        where {{ in_touched_cost_months('booked_at') }}
    {% endif %}
),

summed as (
    select
        booked_date,
        cost_month,
        channel_id,
        cost_type,
        kind,
        provider,
        is_allocated,

        sum(amount_usd)::numeric(18, 6) as amount_usd,
        count(*) as lines,

        is_simulated
    from lines
    group by
        booked_date,
        cost_month,
        channel_id,
        cost_type,
        kind,
        provider,
        is_allocated,
        is_simulated
)

select * from summed
