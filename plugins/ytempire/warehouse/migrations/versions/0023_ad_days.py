"""An ad day is a campaign's, whatever currency it was told in; Google Ads' accounts are written in
one way."""

from alembic import op

revision = "0023"
down_revision = "0022"

UP = """
update raw.ad_spend set account_id = replace(account_id, '-', '')
where platform = 'google_ads' and account_id like '%-%';
drop index raw.ad_spend_platform_campaign_id_day_currency_fetched_at_idx;
create index on raw.ad_spend (platform, campaign_id, day, fetched_at desc);
comment on table raw.ad_spend is
    'One row per campaign, day of its account and version; spend in its currency.';
"""
DOWN = """
drop index raw.ad_spend_platform_campaign_id_day_fetched_at_idx;
create index on raw.ad_spend (platform, campaign_id, day, currency, fetched_at desc);
comment on table raw.ad_spend is
    'One row per campaign, day of its account, currency and version; spend in that currency.';
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
