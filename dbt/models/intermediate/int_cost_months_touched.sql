{{ config(materialized='table') }}
{%- set mart = adapter.get_relation(target.database, 'marts', 'fct_cost_lines') %}

with lines as (
    select
        *,
        {{ pacific_month('booked_at') }} as cost_month
    from {{ ref('stg_ops__ledger_lines') }}
),

videos as (
    select
        *,
        {{ pacific_month('published_at') }} as cost_month
    from {{ ref('stg_ops__videos') }}
),

booked as (
    select
        video_id,
        cost_month
    from lines
    where booked_at > {{ ops_news_since() }}
),

changed as (
    select
        video_id,
        cost_month
    from videos
    where changed_at > {{ ops_news_since() }}
),

touched as (
    select cost_month from booked
    union
    -- What a video cost itself is the weight by which it bears its month's.
    select videos.cost_month
    from videos
    inner join booked on videos.video_id = booked.video_id
    union
    select cost_month from changed
    union
    -- The lines of a video that has failed are borne by others.
    select lines.cost_month
    from lines
    inner join changed on lines.video_id = changed.video_id
    {% if mart %}
        union
        -- What a video bears that is published no more.
        select mart.cost_month
        from {{ mart }} as mart
        inner join changed on mart.video_id = changed.video_id
    {% endif %}
)

select cost_month as month
from touched
where cost_month is not null and {{ 'true' if is_hourly() else 'false' }}
