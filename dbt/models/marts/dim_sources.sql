with sources as (
    select * from {{ ref('stg_ops__sources') }}
)

select
    source,

    title,

    told_until,
    looked_at,
    late_at
from sources
