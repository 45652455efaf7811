"""How old each source besides the channels' own figures is, and from when on that is late; whose
channel's a review is, so that the inbox can be told by it."""

from alembic import op

revision = "0025"
down_revision = "0024"

SOURCES = """
create view ops.sources as
with looks as (
    select pull.source, max(pull.fetched_at) as looked_at
    from raw.pulls as pull
    where pull.channel_id = ''
        and (pull.source in ('stripe', 'rates', 'ads', 'events')
             or pull.source like 'google!_ads/%' escape '!')
    group by pull.source
    union all
    select 'stripe', null
    where not exists (select from raw.pulls where source = 'stripe' and channel_id = '')
    union all
    select 'youtube_reach', min(each.looked_at)
    from (
        select max(pull.fetched_at) as looked_at
        from raw.pulls as pull join ops.channels as channel using (channel_id)
        where pull.source = 'youtube_reach' and channel.state not in ('paused', 'reauth_required')
        group by pull.channel_id
    ) as each
    having count(*) > 0
),

-- Banks rest for up to four days; files of people come once a week.
told as (
    select 'rates' as source, max(day) as until, interval '5 days' as quiet
    from raw.exchange_rates
    union all
    select 'ads', max(day), interval '6 days' from raw.ad_spend as spend
    where not exists (select from looks where looks.source = 'google_ads/' || spend.account_id)
    union all
    select 'events', (max(occurred_at) at time zone 'UTC')::date, interval '6 days'
    from raw.product_events
    union all
    select 'youtube_reach', max(day), interval '5 days' from raw.youtube_reports
)

select
    looks.source,
    case looks.source
        when 'stripe' then 'Stripe'
        when 'rates' then 'Exchange rates'
        when 'ads' then 'Ad spend, files'
        when 'events' then 'Product events'
        when 'youtube_reach' then 'YouTube: impressions'
        else 'Google Ads ' || split_part(looks.source, '/', 2)
    end as title,
    looks.looked_at,
    told.until as told_until,
    least(
        looks.looked_at + case looks.source
            when 'youtube_reach' then interval '12 hours' else interval '2 hours' end,
        (told.until + 1 + told.quiet) at time zone 'UTC'
    ) as late_at
from looks
left join told using (source)
where (looks.source not in ('rates', 'ads', 'events') or told.until is not null)
    and (looks.source not like 'google!_ads/%' escape '!'
         or looks.looked_at > ops.now() - interval '90 days');
comment on view ops.sources is
    'One row per source that has landed, and Stripe: when it was read last, and from when on it '
    'is late that it was not read, or told of no newer day. Google Ads: accounts of 90 days.';
"""

REVIEWS = """
create or replace view desk.reviews as
select
    review.review_id, review.video_id, video.request_id, video.title, channel.title as channel,
    review.confidence, review.score, review.reasons, review.asked_at,
    channel.is_simulated, review.waits_until{column}
from ops.reviews as review
join ops.videos as video using (video_id)
join ops.channels as channel using (channel_id)
where review.state = 'waiting' and review.waits_until is not null;
comment on view desk.reviews is 'One row per video that a person is asked about.';
"""


def upgrade() -> None:
    op.execute(SOURCES)
    op.execute(REVIEWS.format(column=", channel_id"))


def downgrade() -> None:
    op.execute("drop view desk.reviews")
    op.execute(REVIEWS.format(column=""))
    op.execute("drop view ops.sources")
