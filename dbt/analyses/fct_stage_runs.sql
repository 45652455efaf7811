-- Which stages fail, and what do their attempts cost?
select
    stage,
    state,
    count(*) as attempts,
    round(avg(run_s), 1) as average_run_s,
    sum(cost_usd) as cost_usd
from {{ ref('fct_stage_runs') }}
group by stage, state
order by stage asc, attempts desc
