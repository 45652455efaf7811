with alerts as (
    select * from {{ ref('stg_ops__alerts') }}
)

select
    cause,
    kind,
    severity,

    title,
    body,

    raised_at,
    told_at
from alerts
