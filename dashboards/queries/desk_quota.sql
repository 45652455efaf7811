select
    bucket,
    used,
    held,
    quota_limit,
    headroom,
    resets_at,
    forecast_exhausted_at
from desk.quota
order by bucket
