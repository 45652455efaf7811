-- How old each source is, and from when on that is late: twice its rhythm. What has told of no newer
-- day for long is late too. One row per source.
select source, as_of, late_at, told_until, note
from (
    select
        1 as rank, 'YouTube: days and revenue' as source, max(youtube_as_of) as as_of,
        max(youtube_as_of) + interval '2 hours' as late_at, null::date as told_until,
        'the channel asked longest ago' as note
    from marts.rpt_executive_days
    union all
    select
        2, 'YouTube: channels', min(as_of), min(as_of) + interval '2 hours', null,
        'the channel asked longest ago'
    from marts.dim_channels
    where state <> 'paused'
    union all
    select
        3, 'YouTube: video counters', max(counted_at), max(counted_at) + interval '2 hours', null,
        'the latest count'
    from marts.dim_videos
    union all
    select
        case source when 'youtube_reach' then 4 else 5 end, title, looked_at, late_at, told_until,
        'last read'
    from marts.dim_sources
    union all
    select
        6, 'Own records: costs, videos', max(ops_as_of), max(ops_as_of) + interval '2 hours', null,
        'read for the marts'
    from marts.rpt_executive_days
    union all
    select 7, 'Marts', max(built_at), max(built_at) + interval '2 hours', null, 'last built'
    from marts.rpt_executive_days
) as sources
order by rank, source
