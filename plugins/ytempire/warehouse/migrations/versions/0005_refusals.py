"""Cuts that YouTube refused, so that none is sent again and another one can be; runs that wait."""

from alembic import op

revision = "0005"
down_revision = "0004"

DO = """
alter table ops.uploads drop constraint uploads_state_check;
alter table ops.uploads
    add constraint uploads_state_check
        check (state in ('opened', 'sent', 'dressed', 'handed', 'rejected')),
    add column sha256 text;
comment on column ops.uploads.sha256 is 'Of the file that its session is for.';
update ops.uploads as upload set sha256 = cut.sha256
from ops.artifacts as cut
where cut.video_id = upload.video_id and cut.kind = 'cut' and cut.bytes = upload.bytes;

create table ops.refusals (
    youtube_video_id  text primary key,
    video_id          text not null references ops.videos,
    sha256            text,
    reason            text not null,
    refused_at        timestamptz not null default ops.now()
);
create index on ops.refusals (video_id);
comment on table ops.refusals is
    'Uploads that YouTube took and would not have: the same file is not sent again.';

alter table ops.stage_runs drop constraint stage_runs_state_check;
alter table ops.stage_runs add constraint stage_runs_state_check
    check (state in ('running', 'succeeded', 'failed', 'waiting', 'reused'));
"""

UNDO = """
update ops.stage_runs set state = 'failed' where state = 'waiting';
alter table ops.stage_runs drop constraint stage_runs_state_check;
alter table ops.stage_runs add constraint stage_runs_state_check
    check (state in ('running', 'succeeded', 'failed', 'reused'));
drop table ops.refusals;
update ops.uploads set state = 'opened' where state = 'rejected';
alter table ops.uploads drop constraint uploads_state_check, drop column sha256;
alter table ops.uploads add constraint uploads_state_check
    check (state in ('opened', 'sent', 'dressed', 'handed'));
"""


def upgrade() -> None:
    op.execute(DO)


def downgrade() -> None:
    op.execute(UNDO)
