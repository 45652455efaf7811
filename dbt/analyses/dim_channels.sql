-- Which channels are there, whose are they, and how big have they become?
select
    channel_id,
    title,
    owner,
    state,
    subscribers,
    videos_published
from {{ ref('dim_channels') }}
order by subscribers desc nulls last
