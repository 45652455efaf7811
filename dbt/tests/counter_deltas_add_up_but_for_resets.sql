{{ config(tags=['nightly']) }}
-- Invariant 6: deltas are last less first count, and what resets took is told apart.
with counts as (
    select * from {{ ref('int_video_counts_differenced') }}
),

sums as (
    select
        youtube_video_id,
        sum(views_delta) as gained,
        sum(views_lost) as lost,
        min(views_delta) as smallest_delta,
        (array_agg(views order by fetched_at))[1] as first_views,
        (array_agg(views order by fetched_at desc))[1] as last_views
    from counts
    group by youtube_video_id
)

select *
from sums
where
    coalesce(gained, 0) - coalesce(lost, 0) <> last_views - first_views
    or smallest_delta < 0
