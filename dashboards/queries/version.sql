-- When the last build of the marts ended, and the days they speak of. The last complete day is
-- final and has views; before any day is final, it is the last with views, and else the last.
select
    to_char(
        coalesce((select max(ended_at) from desk.builds), max(built_at)),
        'YYYY-MM-DD HH24:MI:SS.US'
    ) as version,
    min(day) as first_day,
    max(day) as last_day,
    coalesce(
        max(day) filter (where not is_provisional and views is not null),
        max(day) filter (where views is not null),
        max(day)
    ) as last_complete_day
from marts.rpt_executive_days
