-- Invariant 11: a tile of the first page is its mart.
with views as (
    select
        day,
        sum(views) as views,
        sum(revenue_usd) as revenue_usd,
        sum(watch_minutes) as watch_minutes,
        sum(subscribers_net) as subscribers_net
    from {{ ref('fct_channel_days') }}
    group by day
),

costs as (
    select
        booked_date as day,
        sum(amount_usd) as cost_usd
    from {{ ref('fct_cost_lines') }}
    group by booked_date
),

publications as (
    select
        published_date as day,
        count(*) as videos_published
    from {{ ref('dim_videos') }}
    where published_date is not null and state <> 'failed'
    group by published_date
),

marts as (
    select
        coalesce(views.day, costs.day, publications.day) as day,
        views.views,
        views.revenue_usd,
        views.watch_minutes,
        views.subscribers_net,
        coalesce(costs.cost_usd, 0) as cost_usd,
        coalesce(publications.videos_published, 0) as videos_published
    from views
    full outer join costs on views.day = costs.day
    full outer join publications
        on coalesce(views.day, costs.day) = publications.day
),

report as (
    select * from {{ ref('rpt_executive_days') }}
)

select
    marts.*,
    report.views as reported_views,
    report.revenue_usd as reported_revenue_usd,
    report.cost_usd as reported_cost_usd,
    report.videos_published as reported_videos
from marts
left join report on marts.day = report.day
where
    report.day is null
    or report.views is distinct from marts.views
    or report.revenue_usd is distinct from marts.revenue_usd
    or report.watch_minutes is distinct from marts.watch_minutes
    or report.subscribers_net is distinct from marts.subscribers_net
    or report.cost_usd <> marts.cost_usd
    or report.videos_published <> marts.videos_published
