"""When a video last changed in what its costs and name hang on: a build takes only that anew."""

from alembic import op

revision = "0010"
down_revision = "0009"

UP = """
alter table ops.videos add column changed_at timestamptz not null default ops.now();
comment on column ops.videos.changed_at is
    'When its state, channel, YouTube id or moment of publication last became another.';
create index on ops.videos (changed_at);

create function ops.note_change() returns trigger language plpgsql as $$
begin
    new.changed_at := ops.now();
    return new;
end
$$;
create trigger note_change before update on ops.videos for each row
    when ((old.state, old.channel_id, old.youtube_video_id, old.published_at)
          is distinct from (new.state, new.channel_id, new.youtube_video_id, new.published_at))
    execute function ops.note_change();
"""
DOWN = """
drop trigger note_change on ops.videos;
drop function ops.note_change();
alter table ops.videos drop column changed_at;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
