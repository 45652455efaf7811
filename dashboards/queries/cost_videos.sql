-- What a channel bears of a month, dearest first. One row per video, and one without a video for
-- what none of them bears. An empty channel is the whole house. `all_rows` and `all_usd` are of
-- those beyond the limit too.
select
    lines.video_id,
    coalesce(videos.title, lines.video_id, 'Unallocated') as title,
    sum(lines.amount_usd) as total_usd,
    coalesce(sum(lines.amount_usd) filter (where lines.cost_type = 'direct'), 0) as direct_usd,
    coalesce(sum(lines.amount_usd) filter (where lines.cost_type = 'failed'), 0) as failed_usd,
    coalesce(sum(lines.amount_usd) filter (where lines.cost_type = 'shared'), 0) as shared_usd,
    coalesce(sum(lines.amount_usd) filter (where not lines.is_allocated), 0) as unallocated_usd,
    bool_or(lines.is_simulated) as is_simulated,
    count(*) over () as all_rows,
    sum(sum(lines.amount_usd)) over () as all_usd
from marts.fct_cost_lines as lines
left join marts.dim_videos as videos using (video_id)
where lines.cost_month = %(month)s
    and (lines.channel_id = %(channel_id)s or (%(channel_id)s::text = '' and lines.channel_id is null))
group by lines.video_id, videos.title
order by total_usd desc, title
limit %(limit)s
