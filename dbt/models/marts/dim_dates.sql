with firsts as (
    select min(day) as day
    from {{ ref('int_channel_days_deduplicated') }}
    union all
    select {{ pacific_day('min(published_at)') }} as day
    from {{ ref('dim_videos') }}
    union all
    select min(booked_date) as day
    from {{ ref('int_ledger_lines_classified') }}
    union all
    select {{ pacific_day('ops.now()') }} as day
),

days as (
    select generate_series(
        (select min(firsts.day) from firsts),
        {{ pacific_day('ops.now()') }},
        interval '1 day'
    )::date as day
),

described as (
    select
        day,
        date_trunc('week', day)::date as week_start,
        date_trunc('month', day)::date as month,
        extract(isodow from day)::integer as weekday,
        (
            extract(
                epoch from
                {{ pacific_day_ends_at('day') }}
                - {{ pacific_day_starts_at('day') }}
            ) / 3600
        )::integer as hours,
        {{ pacific_day_starts_at('day') }} as starts_at,
        {{ pacific_day_ends_at('day') }} as ends_at
    from days
)

select * from described
