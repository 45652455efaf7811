with versions as (
    select * from {{ ref('stg_youtube__channel_days') }}
),

latest as (
    select distinct on (channel_id, day) *
    from versions
    order by channel_id asc, day asc, fetched_at desc, run_id desc
)

select * from latest
