-- The lines of a month that a video, or no video (empty), bears; `all_rows` and `all_usd` are of
-- those beyond the limit too. One row per ledger line.
select
    line_id,
    booked_at,
    cost_type,
    kind,
    provider,
    unit,
    share,
    amount_usd,
    price_version,
    video_id is not null and source_video_id is distinct from video_id as is_allocated_share,
    is_simulated,
    count(*) over () as all_rows,
    sum(amount_usd) over () as all_usd
from marts.fct_cost_lines
where cost_month = %(month)s
    and (channel_id = %(channel_id)s or (%(channel_id)s::text = '' and channel_id is null))
    and (video_id = %(video_id)s or (%(video_id)s::text = '' and video_id is null))
order by booked_at, line_id
limit %(limit)s
