select
    review_id,
    video_id,
    title,
    channel,
    is_simulated,
    confidence,
    score,
    reasons,
    asked_at,
    waits_until
from desk.reviews
where %(channel_id)s in ('', channel_id)
order by asked_at
