"""When the last build of the marts ended: until then answers are of tables old and new."""

from alembic import op

revision = "0021"
down_revision = "0020"

UP = """
create table ops.builds (
    only_row  boolean primary key default true check (only_row),
    ended_at  timestamptz not null
);
comment on table ops.builds is
    'When dbt last ended a build of the marts, whether or not all of it went well.';
create view desk.builds as select ended_at from ops.builds;
comment on view desk.builds is 'When the marts last became others.';
"""
DOWN = """
drop view desk.builds;
drop table ops.builds;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
