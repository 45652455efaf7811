select
    bucket,
    quota_limit,
    headroom,
    forecast_exhausted_at
from desk.quota
order by bucket
