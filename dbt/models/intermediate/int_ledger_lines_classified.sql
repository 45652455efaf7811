with lines as (
    select * from {{ ref('stg_ops__ledger_lines') }}
),

videos as (
    select * from {{ ref('stg_ops__videos') }}
),

classified as (
    select
        lines.line_id,
        lines.stage_run_id,
        lines.video_id,
        coalesce(lines.channel_id, videos.channel_id) as channel_id,

        lines.provider,
        lines.kind,
        lines.unit,
        lines.price_version,
        case
            when lines.is_failed or videos.state = 'failed' then 'failed'
            when lines.video_id is null then 'shared'
            else 'direct'
        end as cost_type,

        lines.amount_usd,

        lines.is_simulated,

        lines.booked_at,
        {{ pacific_day('lines.booked_at') }} as booked_date,
        {{ pacific_month('lines.booked_at') }} as cost_month
    from lines
    left join videos on lines.video_id = videos.video_id
)

select * from classified
