-- Alerts of the last days, the gravest and newest first. One row per alert;
-- `all_rows` is of those beyond the limit too.
select cause, kind, severity, title, body, raised_at, count(*) over () as all_rows
from marts.fct_alerts
where raised_at >= (select max(built_at) from marts.rpt_executive_days) - %(alert_days)s * interval '1 day'
order by array_position(array['critical', 'warning', 'info'], severity), raised_at desc, cause
limit %(limit)s
