with experiments as (
    select * from {{ ref('stg_ops__experiments') }}
),

variants as (
    select * from {{ ref('stg_ops__experiment_variants') }}
),

units as (
    select * from {{ ref('stg_ops__experiment_units') }}
),

videos as (
    select * from {{ ref('stg_ops__videos') }}
),

channels as (
    select * from {{ ref('stg_ops__channels') }}
),

simulated_experiments as (
    select
        units.experiment_id,
        bool_or(videos.is_simulated) as is_simulated
    from units
    inner join videos on units.video_id = videos.video_id
    group by units.experiment_id
),

judged as (
    select
        experiments.experiment_id,
        variants.variant,
        experiments.channel_id,

        experiments.kind,
        experiments.hypothesis,
        experiments.varied,
        variants.value,
        variants.place,
        variants.is_control,
        variants.share,

        experiments.outcome,
        variants.units,
        variants.measured_units,
        experiments.planned_units,
        variants.estimate,
        variants.ci_low,
        variants.ci_high,
        case
            when experiments.outcome = 'loaded_cost' then 'usd' else 'share'
        end as estimate_unit,

        experiments.srm_p,
        experiments.reached_looks,
        experiments.planned_looks,
        experiments.decision,
        coalesce(variants.variant = experiments.winner, false) as is_winner,
        experiments.reason,
        experiments.kind = 'setting'
        and variants.measured_units < {{ var('small_sample') }}
            as is_small_sample,

        experiments.started_at,
        experiments.ended_at,
        experiments.judged_at,
        coalesce(
            simulated_experiments.is_simulated, channels.is_simulated, false
        ) as is_simulated
    from experiments
    inner join variants on experiments.experiment_id = variants.experiment_id
    left join channels on experiments.channel_id = channels.channel_id
    left join simulated_experiments
        on experiments.experiment_id = simulated_experiments.experiment_id
)

select * from judged
