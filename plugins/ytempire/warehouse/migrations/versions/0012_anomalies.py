"""What of the channels' figures is not what it should be, as it was found."""

from alembic import op

revision = "0012"
down_revision = "0011"

CREATE = """
create table raw.anomalies (
    run_id        text not null,
    fetched_at    timestamptz not null,
    metric        text not null,
    channel_id    text not null,
    period_start  timestamptz not null,
    period_end    timestamptz not null,
    observed      numeric(20, 6) not null,
    expected      numeric(20, 6) not null,
    low           numeric(20, 6) not null,
    high          numeric(20, 6) not null,
    score         numeric(10, 3) not null,
    is_simulated  boolean not null,
    primary key (metric, channel_id, period_start)
);
create index on raw.anomalies (fetched_at);
comment on table raw.anomalies is 'One row per metric, channel and period that was not as usual.';
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("drop table raw.anomalies")
