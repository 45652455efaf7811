-- YouTube's quota on the newest day that is known. One row per project and bucket.
select
    project,
    bucket,
    day,
    used,
    held,
    headroom,
    quota_limit,
    forecast_exhausted_at
from marts.fct_quota_days
where day = (select max(day) from marts.fct_quota_days)
order by project, headroom::numeric / nullif(quota_limit, 0), bucket
