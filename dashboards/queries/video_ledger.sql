-- What a video bears, line by line. One row per ledger line.
select
    lines.line_id,
    lines.booked_at,
    lines.cost_type,
    lines.kind,
    lines.provider,
    lines.unit,
    lines.share,
    lines.amount_usd,
    lines.price_version,
    lines.source_video_id is distinct from lines.video_id as is_allocated_share,
    lines.is_simulated
from marts.fct_cost_lines as lines
where lines.video_id = %(video_id)s
order by lines.booked_at, lines.line_id
