select
    video_id,
    title,
    device,
    started_at
from desk.gpu_runs
order by started_at
