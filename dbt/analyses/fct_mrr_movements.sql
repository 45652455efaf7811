-- Why did MRR change this year?
select
    month,
    movement,
    count(*) as customers,
    sum(amount_usd) as amount_usd
from {{ ref('fct_mrr_movements') }}
where month >= date_trunc('year', now() at time zone 'UTC')
group by month, movement
order by month, movement
