-- What was raised most often in the last 30 days?
select
    kind,
    severity,
    count(*) as alerts,
    max(raised_at) as last_raised_at
from {{ ref('fct_alerts') }}
where raised_at > now() - interval '30 days'
group by kind, severity
order by alerts desc, kind asc, severity asc
