"""Which months of `raw` hold no more than the models read of them."""

from alembic import op

revision = "0019"
down_revision = "0018"

CREATE = """
create table ops.closed_months (
    table_name    text not null,
    month         date not null,
    closed_at     timestamptz not null default ops.now(),
    landing       bigint not null,
    rows_dropped  bigint not null,
    rows_kept     bigint not null,
    bytes_freed   bigint not null,
    bytes_kept    bigint not null,
    primary key (table_name, month)
);
comment on table ops.closed_months is
    'Months of tables of `raw` whose partition was dropped: one with the rows that models read '
    'took its place.';
comment on column ops.closed_months.landing is
    'The last row that had landed anywhere: a later one in the month closes it anew.';
comment on column ops.closed_months.rows_dropped is 'Of all closings.';
comment on column ops.closed_months.bytes_freed is 'Of all closings, indexes included.';
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("drop table ops.closed_months")
