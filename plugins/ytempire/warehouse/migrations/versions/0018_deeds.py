"""A deed is in the audit log before it is done; sessions that were signed out of stay so."""

from alembic import op

revision = "0018"
down_revision = "0017"

TRIED = """
alter table ops.audit_log drop constraint audit_log_outcome_check;
alter table ops.audit_log add constraint audit_log_outcome_check
    check (outcome in ('tried', 'done', 'failed', 'refused'));
create index on ops.audit_log ((details -> 'of_row')) where details ? 'of_row';
comment on column ops.audit_log.outcome is
    'tried: written before the deed. The row of what came of it names this one as `of_row`; '
    'without such a row nobody knows, as where the server died.';
"""
ENDED = """
create table ops.ended_sessions (
    session_id    text primary key,
    forgotten_at  timestamptz not null
);
create index on ops.ended_sessions (forgotten_at);
comment on table ops.ended_sessions is
    'Sessions of the dashboards that were signed out of, until their cookies expire.';
"""
# Rows of the log are never removed; the check of old holds for those to come.
UNDO = """
drop table ops.ended_sessions;
drop index ops.audit_log_expr_idx;
alter table ops.audit_log drop constraint audit_log_outcome_check;
alter table ops.audit_log add constraint audit_log_outcome_check
    check (outcome in ('done', 'failed', 'refused')) not valid;
"""


def upgrade() -> None:
    op.execute(TRIED)
    op.execute(ENDED)


def downgrade() -> None:
    op.execute(UNDO)
