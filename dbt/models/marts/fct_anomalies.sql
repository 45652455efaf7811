with anomalies as (
    select * from {{ ref('stg_anomalies__anomalies') }}
),

judged as (
    select
        metric,
        channel_id,
        period_start,
        period_end,

        observed,
        expected,
        low,
        high,
        score,
        case when score < 0 then 'drop' else 'rise' end as direction,

        found_at,
        is_simulated
    from anomalies
)

select * from judged
