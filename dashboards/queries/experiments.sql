-- What was varied, with its effects as of the last planned look. One row per variant, the newest
-- experiment first; `all_rows` is of those beyond the limit too.
select
    variants.experiment_id,
    variants.variant,
    variants.kind,
    variants.hypothesis,
    variants.varied,
    variants.value,
    variants.is_control,
    variants.outcome,
    variants.units,
    variants.measured_units,
    variants.planned_units,
    variants.estimate,
    variants.ci_low,
    variants.ci_high,
    variants.estimate_unit,
    variants.reached_looks,
    variants.planned_looks,
    variants.decision,
    variants.is_winner,
    max(variants.variant) filter (where variants.is_winner) over (
        partition by variants.experiment_id
    ) as winner,
    variants.reason,
    variants.is_small_sample,
    variants.started_at,
    variants.ended_at,
    variants.is_simulated,
    coalesce(channels.title, 'Every channel') as channel,
    count(*) over () as all_rows
from marts.fct_experiment_variants as variants
left join marts.dim_channels as channels on variants.channel_id = channels.channel_id
order by variants.started_at desc, variants.experiment_id, variants.place
limit %(limit)s
