-- A video's counter in its first 14 days, and the pace between two counts; null where YouTube
-- took views back. One row per count.
with paired as (
    select
        counted_at,
        age_h,
        views,
        is_simulated,
        lag(views, 1, 0::bigint) over counted as views_before,
        lag(age_h, 1, 0::numeric) over counted as age_before_h
    from marts.fct_video_counts
    where video_id = %(video_id)s
    window counted as (order by counted_at)
)

select
    counted_at,
    age_before_h,
    age_h,
    views,
    case when views >= views_before
        then round((views - views_before) / greatest(age_h - age_before_h, 0.25), 2)
    end as views_per_hour,
    is_simulated
from paired
order by counted_at
