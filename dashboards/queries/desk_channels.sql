select
    channel_id,
    title,
    niche,
    owner,
    state,
    state_reason,
    state_since,
    rest_until,
    is_simulated,
    is_connected
from desk.channels
order by title
