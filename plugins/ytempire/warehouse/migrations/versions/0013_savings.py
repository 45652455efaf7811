"""What was found that could be saved, day by day: recommendations can be held against what came."""

from alembic import op

revision = "0013"
down_revision = "0012"

CREATE = """
create table ops.savings (
    found_on     date not null,
    rule         text not null,
    found        text not null,
    to_do        text not null,
    window_days  integer not null check (window_days > 0),
    usd          numeric(18, 6) not null check (usd >= 0),
    usd_a_month  numeric(18, 6) not null check (usd_a_month >= 0),
    primary key (found_on, rule)
);
comment on table ops.savings is
    'What the ledger''s last days would have cost less, by a rule and UTC day on which it was '
    'looked for. Two rules may speak of the same dollar: they do not add up.';
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute("drop table ops.savings")
