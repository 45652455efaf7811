-- A month's cost by who bears it. One row per channel, and one without a channel for costs of the
-- whole house that no channel bears.
select
    lines.channel_id,
    coalesce(channels.title, lines.channel_id, 'Whole house') as title,
    sum(lines.amount_usd) as total_usd,
    coalesce(sum(lines.amount_usd) filter (where lines.cost_type = 'direct'), 0) as direct_usd,
    coalesce(sum(lines.amount_usd) filter (where lines.cost_type = 'failed'), 0) as failed_usd,
    coalesce(sum(lines.amount_usd) filter (where lines.cost_type = 'shared'), 0) as shared_usd,
    coalesce(sum(lines.amount_usd) filter (where not lines.is_allocated), 0) as unallocated_usd,
    bool_or(lines.is_simulated) as is_simulated,
    count(*) over () as all_rows,
    sum(sum(lines.amount_usd)) over () as all_usd
from marts.fct_cost_days as lines
left join marts.dim_channels as channels using (channel_id)
where lines.cost_month = %(month)s
group by lines.channel_id, channels.title
order by total_usd desc, title
