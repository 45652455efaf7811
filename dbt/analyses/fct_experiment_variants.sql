-- What was tried, how large was the effect, and what was decided?
select
    experiment_id,
    variant,
    estimate,
    ci_low,
    ci_high,
    measured_units,
    decision,
    is_winner
from {{ ref('fct_experiment_variants') }}
order by started_at desc, experiment_id asc, place asc
