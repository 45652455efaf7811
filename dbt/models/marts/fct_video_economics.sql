{{ config(
    indexes=[
        {'columns': ['video_id']},
        {'columns': ['contribution_margin_usd', 'published_at']},
    ],
) }}

with videos as (
    select *
    from {{ ref('dim_videos') }}
    where made_here and state <> 'failed'
),

costs as (
    select
        video_id,
        coalesce(sum(amount_usd) filter (where cost_type = 'direct'), 0)
            as direct_cost_usd,
        coalesce(sum(amount_usd) filter (where cost_type = 'failed'), 0)
            as failed_cost_usd,
        coalesce(sum(amount_usd) filter (where cost_type = 'shared'), 0)
            as shared_cost_usd,
        sum(amount_usd) as loaded_cost_usd,
        bool_or(is_simulated) as is_simulated
    from {{ ref('fct_cost_lines') }}
    where is_allocated
    group by video_id
),

summed as (
    select * from {{ ref('int_video_months_summed') }}
),

earnings as (
    select
        video_id,
        sum(views)::bigint as views,
        sum(engaged_views)::bigint as engaged_views,
        sum(watch_minutes) as watch_minutes,
        sum(revenue_usd) as revenue_usd,
        sum(final_revenue_usd) as final_revenue_usd,
        sum(earning_views) as earning_views,
        sum(earning_engaged_views) as earning_engaged_views,
        bool_and(is_final) as is_final,
        max(as_of) as as_of,
        bool_or(is_simulated) as is_simulated
    from summed
    group by video_id
),

months as (
    select
        video_id,
        month,
        revenue_peak_usd,
        sum(revenue_usd) over (
            partition by video_id
            order by month
            rows between unbounded preceding and 1 preceding
        ) as revenue_before_usd
    from summed
),

break_even_months as (
    select distinct on (months.video_id)
        months.video_id,
        months.month,
        coalesce(costs.loaded_cost_usd, 0)
        - coalesce(months.revenue_before_usd, 0) as missing_usd
    from months
    left join costs on months.video_id = costs.video_id
    where
        coalesce(months.revenue_before_usd, 0) + months.revenue_peak_usd
        >= coalesce(costs.loaded_cost_usd, 0)
    order by months.video_id asc, months.month asc
),

break_evens as (
    select
        break_even_months.video_id,
        min(told.day) as break_even_date
    from break_even_months
    inner join summed
        on
            break_even_months.video_id = summed.video_id
            and break_even_months.month = summed.month
    cross join
        lateral unnest(summed.days, summed.revenue_to_dates_usd) as told (day, revenue_to_date_usd)
    where told.revenue_to_date_usd >= break_even_months.missing_usd
    group by break_even_months.video_id
),

accounted as (
    select
        videos.video_id,
        videos.channel_id,

        videos.title,
        videos.format,
        videos.tier,
        videos.published_at,
        videos.published_date,

        coalesce(costs.direct_cost_usd, 0) as direct_cost_usd,
        coalesce(costs.failed_cost_usd, 0) as failed_cost_usd,
        coalesce(costs.shared_cost_usd, 0) as shared_cost_usd,
        coalesce(costs.loaded_cost_usd, 0) as loaded_cost_usd,

        earnings.views,
        earnings.engaged_views,
        earnings.watch_minutes,
        earnings.revenue_usd,
        earnings.final_revenue_usd,
        case
            when videos.format = 'short'
                then
                    {{ rpm(
                        'earnings.final_revenue_usd',
                        'earnings.earning_engaged_views',
                    ) }}
            else
                {{ rpm(
                    'earnings.final_revenue_usd',
                    'earnings.earning_views',
                ) }}
        end as rpm_usd,
        coalesce(earnings.revenue_usd, 0) - coalesce(costs.loaded_cost_usd, 0)
            as contribution_margin_usd,
        break_evens.break_even_date,
        break_evens.break_even_date - videos.published_date
            as days_to_break_even,

        coalesce(
            earnings.is_final
            and earnings.as_of >= {{ pacific_day_starts_at(
                "(date_trunc('month', videos.published_date) + interval '1 month')"
            ) }},
            false
        ) as is_final,
        earnings.as_of,
        videos.is_simulated
        or coalesce(costs.is_simulated, false)
        or coalesce(earnings.is_simulated, false) as is_simulated
    from videos
    left join costs on videos.video_id = costs.video_id
    left join earnings on videos.video_id = earnings.video_id
    left join break_evens on videos.video_id = break_evens.video_id
)

select * from accounted
