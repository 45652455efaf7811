{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key='youtube_video_id',
    on_schema_change='append_new_columns',
) }}

with landed as (
    select
        youtube_video_id,
        fetched_at,
        views,
        likes,
        comments
    from {{ ref('stg_youtube__video_counts') }}
    {% if is_incremental() %}
        where landing > {{ built_landed() }}
    {% endif %}
),

{% if is_incremental() %}
    known as (
        select *
        from {{ this }}
        where youtube_video_id in (select landed.youtube_video_id from landed)
    ),
{% endif %}

-- What a build that failed further on has read already is here twice.
counts as (
    select distinct on (youtube_video_id, fetched_at) *
    from (
        select * from landed
        {% if is_incremental() %}
            union all
            select
                youtube_video_id,
                fetched_at,
                views,
                likes,
                comments
            from known
            union all
            select
                youtube_video_id,
                previous_fetched_at,
                previous_views,
                null as likes,
                null as comments
            from known
            where previous_fetched_at is not null
        {% endif %}
    ) as told
    order by youtube_video_id asc, fetched_at asc, likes asc nulls last
),

paired as (
    select
        *,
        lag(views) over video as previous_views,
        lag(fetched_at) over video as previous_fetched_at,
        lead(fetched_at) over video is null as is_latest
    from counts
    window video as (partition by youtube_video_id order by fetched_at)
)

select
    youtube_video_id,
    views,
    likes,
    comments,
    previous_views,
    fetched_at,
    previous_fetched_at
from paired
where is_latest
