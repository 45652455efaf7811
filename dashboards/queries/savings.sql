-- What the latest look says could be saved, the most money first. One row per rule.
select rule, found, to_do, usd, usd_a_month, found_on
from marts.fct_savings
where found_on = (select max(found_on) from marts.fct_savings)
order by usd_a_month desc, rule
