"""What revenue was forecast to be, forecast by forecast."""

from alembic import op

revision = "0014"
down_revision = "0013"

CREATE = """
create table raw.revenue_forecasts (
    run_id        text not null,
    fetched_at    timestamptz not null,
    channel_id    text not null,
    grain         text not null check (grain in ('day', 'month')),
    day           date not null,
    low_usd       numeric(20, 6) not null,
    likely_usd    numeric(20, 6) not null,
    high_usd      numeric(20, 6) not null,
    known_usd     numeric(20, 6) not null,
    first_day     date not null,
    last_day      date not null,
    days          integer not null,
    is_simulated  boolean not null,
    primary key (channel_id, grain, day, fetched_at)
);
create index on raw.revenue_forecasts (fetched_at);
comment on table raw.revenue_forecasts is
    'One row per channel (empty: the house), day or month foreseen, and time it was.';
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("drop table raw.revenue_forecasts")
