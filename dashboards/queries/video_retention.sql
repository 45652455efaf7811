-- What share of a video's viewers see each moment of it. One row per hundredth of its length.
select elapsed_ratio, watch_ratio, relative_performance, as_of, is_simulated
from marts.fct_video_retention
where video_id = %(video_id)s
order by elapsed_ratio
