select
    request_id,
    video_id,
    channel_id,
    channel,
    is_simulated,
    title,
    format,
    tier,
    state,
    requested_at,
    asked_by,
    stage,
    stage_since,
    waits_until,
    cost_usd,
    foreseen_usd,
    count(*) over () as all_rows
from desk.queue
where
    %(channel_id)s in ('', channel_id)
    and %(state)s in ('', state)
order by
    state <> 'queued',
    array_position(array['premium', 'standard', 'economy'], tier),
    place,
    requested_at
limit %(limit)s
