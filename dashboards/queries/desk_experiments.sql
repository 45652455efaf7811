select
    experiment_id,
    kind,
    hypothesis,
    setting,
    variants,
    outcome,
    coalesce(channel, 'Every channel') as channel,
    units,
    taken,
    look,
    looks,
    state,
    decision,
    winner,
    planned_by,
    planned_at,
    started_at,
    is_simulated
from desk.experiments
where kind = 'setting'
order by array_position(array['running', 'planned'], state), planned_at desc, experiment_id
limit %(limit)s
