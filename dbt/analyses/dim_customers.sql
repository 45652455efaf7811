-- Who pays most, and where did they come from?
select
    customer_id,
    owner,
    source,
    first_paid_month,
    mrr_usd
from {{ ref('dim_customers') }}
where is_paying
order by mrr_usd desc
limit 20
