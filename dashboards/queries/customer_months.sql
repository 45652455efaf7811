-- The months of recurring revenue that are known. The last is the last that is over, or, before
-- any is, the one that runs. One row.
select
    min(month) as first_month,
    coalesce(max(month) filter (where is_closed), max(month)) as last_month,
    bool_or(is_simulated) as is_simulated
from marts.rpt_mrr_months
