select
    channel_id,
    title,
    niche,
    owner,
    state,
    state_reason,
    is_simulated,
    is_connected
from desk.channels
order by title
