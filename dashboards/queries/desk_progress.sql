select
    request_id,
    title,
    channel,
    state,
    stage,
    stage_state,
    attempt,
    seconds,
    share
from desk.progress
order by started_at desc nulls last
limit 50
