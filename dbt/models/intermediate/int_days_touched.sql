{{ config(materialized='table') }}
{%- set mart = adapter.get_relation(target.database, 'marts', 'fct_video_days') %}
-- depends_on: {{ ref('stg_ops__videos') }}

with landed as (
    select day
    from {{ ref('stg_youtube__video_days') }}
    where landing > {{ built_landed() }}
    union
    select day
    from {{ ref('stg_youtube__channel_days') }}
    where landing > {{ built_landed() }}
    union
    select day
    from {{ ref('stg_youtube__reports') }}
    where landing > {{ built_landed() }}
),

-- Until its money must have come, time alone makes a day final: also while nothing was built.
unsettled as (
    select generate_series(
        {{ pacific_day('least(ops.now(), (select built_at from staging.builds))') }}
        - ({{ var('money_hours') }} / 24 + 2)::integer,
        {{ pacific_day('ops.now()') }},
        interval '1 day'
    )::date as day
),

-- Days that were told of a video before it was known to be made here.
renamed as (
    {% if mart %}
    select days.day
    from {{ mart }} as days
    where days.video_id in (
        select videos.youtube_video_id
        from {{ ref('stg_ops__videos') }} as videos
        where
            videos.youtube_video_id <> videos.video_id
            and videos.changed_at > {{ ops_news_since() }}
    )
    {% else %}
    select null::date as day
    where false
    {% endif %}
),

touched as (
    select day from landed
    union
    select day from unsettled
    union
    select day from renamed
)

select day
from touched
where day is not null and {{ 'true' if is_hourly() else 'false' }}
