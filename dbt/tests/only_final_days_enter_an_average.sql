-- Invariant 5: no day younger than 72 hours when YouTube was asked is final, and none that is not
-- final has an RPM.
with days as (
    select
        channel_id,
        day,
        as_of,
        is_final,
        rpm_usd
    from {{ ref('fct_channel_days') }}
    union all
    select
        channel_id,
        day,
        as_of,
        is_final,
        rpm_usd
    from {{ ref('fct_video_days') }}
    where {{ touched('day') }}
)

select *
from days
where
    (not is_final and rpm_usd is not null)
    or (
        is_final
        and as_of - {{ pacific_day_ends_at('day') }} < interval '72 hours'
    )
