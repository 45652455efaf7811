-- A video's days: views, and the margin as it stood. One row per Pacific day.
select
    days.day,
    days.views,
    days.revenue_usd,
    sum(days.revenue_usd) over (order by days.day) - economics.loaded_cost_usd
        as margin_to_date_usd,
    not days.is_final as is_provisional
from marts.fct_video_days as days
left join marts.fct_video_economics as economics using (video_id)
where days.video_id = %(video_id)s
order by days.day
