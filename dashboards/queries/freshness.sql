-- How old each source is. `late_after_h`: hours after which it is late, twice the pull's rhythm.
-- One row per source.
select *
from (
    select 1 as rank, 'YouTube: days and revenue' as source, max(youtube_as_of) as as_of,
        2 as late_after_h, 'the channel asked longest ago' as note
    from marts.rpt_executive_days
    union all
    select 2, 'YouTube: channels', min(as_of), 2, 'the channel asked longest ago'
    from marts.dim_channels
    where state <> 'paused'
    union all
    select 3, 'YouTube: video counters', max(counted_at), 2, 'the latest count'
    from marts.dim_videos
    union all
    select 4, 'Own records: costs, videos', max(ops_as_of), 2, 'read for the marts'
    from marts.rpt_executive_days
    union all
    select 5, 'Marts', max(built_at), 2, 'last built'
    from marts.rpt_executive_days
) as sources
order by rank
