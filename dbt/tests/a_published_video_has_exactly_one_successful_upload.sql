-- Invariant 3. Videos of source `history` were on YouTube before the house kept its own record.
with videos as (
    select videos.*
    from {{ ref('stg_ops__videos') }} as videos
    inner join {{ ref('stg_ops__requests') }} as requests
        on videos.request_id = requests.request_id
    where videos.published_at is not null and requests.source <> 'history'
),

uploads as (
    select *
    from {{ ref('stg_ops__uploads') }}
    where state in ('sent', 'dressed')
)

select
    videos.video_id,
    videos.youtube_video_id,
    count(uploads.video_id) as successful_uploads
from videos
left join uploads
    on
        videos.video_id = uploads.video_id
        and videos.youtube_video_id = uploads.youtube_video_id
group by videos.video_id, videos.youtube_video_id
having count(uploads.video_id) <> 1
