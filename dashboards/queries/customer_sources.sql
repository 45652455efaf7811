-- Where paying customers came from, the largest source first. One row per source.
select source, count(*) as customers
from marts.dim_customers
where first_paid_month is not null
group by source
order by customers desc, source
