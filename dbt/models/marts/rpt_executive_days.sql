with dates as (
    select * from {{ ref('dim_dates') }}
),

measures as (
    select
        day,
        sum(revenue_usd) as revenue_usd,
        sum(views)::bigint as views,
        sum(engaged_views)::bigint as engaged_views,
        sum(watch_minutes) as watch_minutes,
        sum(subscribers_net)::bigint as subscribers_net,
        count(*) as channels_reporting,
        sum(views) filter (where revenue_usd is not null) as earning_views,
        sum(views) filter (where is_simulated) as simulated_views,
        bool_or(is_simulated) as is_simulated,
        case
            when min(view_method) = max(view_method) then min(view_method)
            else 'mixed'
        end as view_method
    from {{ ref('fct_channel_days') }}
    group by day
),

costs as (
    select
        booked_date,
        coalesce(sum(amount_usd) filter (where cost_type = 'direct'), 0)
            as direct_cost_usd,
        coalesce(sum(amount_usd) filter (where cost_type = 'failed'), 0)
            as failed_cost_usd,
        coalesce(sum(amount_usd) filter (where cost_type = 'shared'), 0)
            as shared_cost_usd,
        coalesce(sum(amount_usd) filter (where not is_allocated), 0)
            as unallocated_cost_usd,
        sum(amount_usd) as cost_usd,
        bool_or(is_simulated) as is_simulated
    from {{ ref('fct_cost_lines') }}
    group by booked_date
),

publications as (
    select
        videos.published_date,
        count(*) as videos_published,
        count(economics.video_id) as videos_made,
        coalesce(sum(economics.loaded_cost_usd), 0) as published_cost_usd,
        bool_or(videos.is_simulated) as is_simulated
    from {{ ref('dim_videos') }} as videos
    left join {{ ref('fct_video_economics') }} as economics
        on videos.video_id = economics.video_id
    where videos.published_date is not null and videos.state <> 'failed'
    group by videos.published_date
),

-- Its least recently asked channel decides how far the house's numbers are settled.
freshness as (
    select min(asked.as_of) as youtube_as_of
    from {{ ref('int_channels_asked') }} as asked
    inner join {{ ref('dim_channels') }} as channels
        on asked.channel_id = channels.channel_id
    where channels.state not in ('paused', 'reauth_required')
),

-- A day on which some channel's money is still to come is not whole.
unsettled as (
    select
        day,
        bool_or(not is_final) as is_open
    from {{ ref('fct_channel_days') }}
    group by day
),

judged as (
    select
        dates.day,
        freshness.youtube_as_of,
        coalesce(
            not (
                {{ is_settled('dates.day', 'freshness.youtube_as_of') }}
            ),
            true
        ) or coalesce(unsettled.is_open, false) as is_provisional
    from dates
    cross join freshness
    left join unsettled on dates.day = unsettled.day
),

recurring as (
    select * from {{ ref('int_mrr_days_measured') }}
),

reported as (
    select
        judged.day,

        measures.revenue_usd,
        measures.views,
        measures.engaged_views,
        measures.watch_minutes,
        measures.subscribers_net,
        coalesce(measures.channels_reporting, 0) as channels_reporting,
        coalesce(publications.videos_published, 0) as videos_published,
        coalesce(publications.videos_made, 0) as videos_made,

        coalesce(costs.direct_cost_usd, 0) as direct_cost_usd,
        coalesce(costs.failed_cost_usd, 0) as failed_cost_usd,
        coalesce(costs.shared_cost_usd, 0) as shared_cost_usd,
        coalesce(costs.cost_usd, 0) as cost_usd,
        coalesce(costs.unallocated_cost_usd, 0) as unallocated_cost_usd,
        measures.revenue_usd - coalesce(costs.cost_usd, 0) as margin_usd,
        coalesce(publications.published_cost_usd, 0) as published_cost_usd,
        round(
            publications.published_cost_usd
            / nullif(publications.videos_made, 0),
            6
        ) as cost_per_video_usd,
        case
            when not judged.is_provisional
                then
                    {{ rpm('measures.revenue_usd', 'measures.earning_views') }}
        end as rpm_usd,

        recurring.mrr_usd,
        recurring.paying_customers,

        judged.is_provisional,
        coalesce(measures.is_simulated, false)
        or coalesce(costs.is_simulated, false)
        or coalesce(publications.is_simulated, false)
        or recurring.is_simulated as is_simulated,
        round(
            coalesce(measures.simulated_views, 0)
            / nullif(measures.views, 0),
            6
        ) as simulated_share,
        measures.view_method,

        judged.youtube_as_of,
        {{ build_started_at() }} as ops_as_of,
        ops.now() as built_at
    from judged
    left join measures on judged.day = measures.day
    left join costs on judged.day = costs.booked_date
    left join publications on judged.day = publications.published_date
    inner join recurring on judged.day = recurring.day
)

select * from reported
