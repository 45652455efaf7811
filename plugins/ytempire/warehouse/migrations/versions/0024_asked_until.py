"""Until when a person is asked about a cut: what has an answer on its way is not offered again."""

from alembic import op

revision = "0024"
down_revision = "0023"

ASKED = """
alter table ops.reviews add column waits_until timestamptz;
comment on column ops.reviews.waits_until is
    'Until when a person is asked; silence is a no. Null: not yet, or an answer is on its way.';
update ops.reviews set waits_until = asked_at + interval '48 hours' where state = 'waiting';

create or replace view desk.reviews as
select
    review.review_id, review.video_id, video.request_id, video.title, channel.title as channel,
    review.confidence, review.score, review.reasons, review.asked_at,
    channel.is_simulated, review.waits_until
from ops.reviews as review
join ops.videos as video using (video_id)
join ops.channels as channel using (channel_id)
where review.state = 'waiting' and review.waits_until is not null;
comment on view desk.reviews is 'One row per video that a person is asked about.';
"""

UNDO = """
drop view desk.reviews;
alter table ops.reviews drop column waits_until;
create view desk.reviews as
select
    review.review_id, review.video_id, video.request_id, video.title, channel.title as channel,
    review.confidence, review.score, review.reasons, review.asked_at
from ops.reviews as review
join ops.videos as video using (video_id)
join ops.channels as channel using (channel_id)
where review.state = 'waiting';
"""


def upgrade() -> None:
    op.execute(ASKED)


def downgrade() -> None:
    op.execute(UNDO)
