{{ config(
    materialized='incremental',
    incremental_strategy='whole_months',
    unique_key=['video_id', 'month'],
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['month']}],
) }}
-- depends_on: {{ ref('int_days_touched') }}

with days as (
    select
        *,
        date_trunc('month', day)::date as month
    from {{ ref('fct_video_days') }}
    {% if is_incremental() %}
        where {{ in_touched_months('day') }}
    {% endif %}
),

running as (
    select
        *,
        sum(revenue_usd) over (
            partition by video_id, month
            order by day
        ) as revenue_to_date_usd
    from days
),

summed as (
    select
        video_id,
        month,

        sum(views)::bigint as views,
        sum(engaged_views)::bigint as engaged_views,
        sum(watch_minutes) as watch_minutes,
        sum(revenue_usd) as revenue_usd,
        sum(revenue_usd) filter (where is_final) as final_revenue_usd,
        sum(views) filter (where is_final and revenue_usd is not null)
            as earning_views,
        sum(engaged_views) filter (where is_final and revenue_usd is not null)
            as earning_engaged_views,
        max(revenue_to_date_usd) as revenue_peak_usd,
        array_agg(day order by day) as days,
        array_agg(revenue_to_date_usd order by day) as revenue_to_dates_usd,

        bool_and(is_final) as is_final,
        bool_or(is_simulated) as is_simulated,

        max(as_of) as as_of
    from running
    group by video_id, month
)

select * from summed
