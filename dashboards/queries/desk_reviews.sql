select
    review_id,
    video_id,
    request_id,
    title,
    channel,
    confidence,
    score,
    reasons,
    asked_at
from desk.reviews
order by asked_at
