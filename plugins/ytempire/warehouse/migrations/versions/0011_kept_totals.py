"""Totals of a channel whose YouTube data went stay, under a name that tells nothing."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute("alter table ops.deletions add column kept_as text")
    op.execute(
        "comment on column ops.deletions.kept_as is "
        "'The channel under which its totals stay, until it is connected again and tells its days "
        "anew; null: none were kept.'"
    )


def downgrade() -> None:
    op.execute("alter table ops.deletions drop column kept_as")
