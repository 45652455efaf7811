{{ config(
    materialized='incremental',
    incremental_strategy='whole_cost_months',
    on_schema_change='append_new_columns',
    indexes=[{'columns': ['booked_at']}],
) }}
-- depends_on: {{ ref('int_cost_months_touched') }}

with lines as (
    select *
    from {{ ref('int_ledger_lines_classified') }}
    where
        cost_type <> 'direct'
        {% if is_incremental() %}
            and {{ in_touched_cost_months('booked_at') }}
        {% endif %}
),

videos as (
    select *
    from {{ ref('stg_ops__videos') }}
    where
        published_at is not null
        and state <> 'failed'
        {% if is_incremental() %}
            and {{ in_touched_cost_months('published_at') }}
        {% endif %}
),

direct_costs as (
    select
        video_id,
        sum(amount_usd) as direct_cost_usd
    from {{ ref('int_ledger_lines_classified') }}
    where
        cost_type = 'direct'
        and video_id in (select videos.video_id from videos)
    group by video_id
),

published as (
    select
        videos.video_id,
        videos.channel_id,
        {{ pacific_month('videos.published_at') }} as cost_month,
        coalesce(direct_costs.direct_cost_usd, 0) as direct_cost_usd
    from videos
    left join direct_costs on videos.video_id = direct_costs.video_id
),

-- Whole millionths of a dollar from here on: integers divide exactly. What a
-- correction takes away is shared like what a line adds.
bearers as (
    select
        lines.line_id,
        lines.booked_at,
        published.video_id,
        published.channel_id,
        sign(lines.amount_usd) as direction,
        trunc(abs(lines.amount_usd) * 1000000) as amount,
        trunc(published.direct_cost_usd * 1000000) as weight,
        trunc(sum(published.direct_cost_usd * 1000000) over line) as all_weights,
        count(*) over line as all_bearers
    from lines
    inner join published
        on
            lines.cost_month = published.cost_month
            and (
                lines.channel_id = published.channel_id
                or lines.channel_id is null
            )
    window line as (partition by lines.line_id)
),

-- Where no bearer has a cost of its own, all bear alike.
weighted as (
    select
        line_id,
        booked_at,
        video_id,
        channel_id,
        direction,
        amount,
        case when all_weights > 0 then weight else 1 end as weight,
        case when all_weights > 0 then all_weights else all_bearers end
            as all_weights
    from bearers
),

floored as (
    select
        *,
        div(amount * weight, all_weights) as whole,
        mod(amount * weight, all_weights) as remainder
    from weighted
),

ranked as (
    select
        *,
        amount - sum(whole) over (partition by line_id) as millionths_left,
        row_number() over (
            partition by line_id
            order by remainder desc, video_id asc
        ) as place
    from floored
),

shared as (
    select
        line_id,
        booked_at,
        video_id,
        channel_id,
        round(weight / all_weights, 9) as share,
        (
            direction
            * (whole + case when place <= millionths_left then 1 else 0 end)
            / 1000000
        )::numeric(18, 6) as amount_usd
    from ranked
)

select * from shared
