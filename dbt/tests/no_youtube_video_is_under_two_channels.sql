-- Invariant 3: the same upload never went to two accounts, and no pull mixed two up.
with sightings as (
    select
        youtube_video_id,
        channel_id
    from {{ ref('stg_ops__videos') }}
    where youtube_video_id is not null
    union
    select
        youtube_video_id,
        channel_id
    from {{ ref('stg_youtube__videos') }}
)

select
    youtube_video_id,
    string_agg(channel_id, ', ' order by channel_id) as channels
from sightings
group by youtube_video_id
having count(*) > 1
