"""What was forgotten: names of chance, and chains of the ledger that were sealed anew for them."""

from alembic import op

revision = "0015"
down_revision = "0014"

CREATE = """
create table ops.forgotten (
    name          text primary key check (name like 'forgotten-%'),
    what          text not null check (what in ('customer', 'customer_part', 'video')),
    forgotten_at  timestamptz not null default ops.now(),
    changed       jsonb not null default '{}'
);
comment on table ops.forgotten is
    'Names that stand for a customer or a video that was forgotten, and for the things of that '
    'customer: their figures stay under these.';
comment on column ops.forgotten.changed is 'Rows that were removed or renamed, by table.';

create function ops.forgotten_name(id text) returns text language sql immutable parallel safe
return 'forgotten-' || left(encode(sha256(convert_to(id, 'UTF8')), 'hex'), 16);
comment on function ops.forgotten_name(text) is
    'The name under which a thing of Stripe''s stays. Its ids are of chance, too long to be '
    'guessed back, so that what Stripe tells later finds its place without the id being kept.';

create table ops.seals (
    seal_id     bigint generated always as identity primary key,
    video_id    text not null,
    lines       integer not null,
    amount_usd  numeric(18, 6) not null,
    was         bytea not null,
    is_now      bytea not null,
    sealed_at   timestamptz not null default ops.now()
);
comment on table ops.seals is
    'Chains of the ledger that were whole and were sealed anew when names in them were forgotten: '
    'the digest that each ended with before and since. No amount may change with it.';

create function ops.seal_anew(p_video_id text) returns void language plpgsql as $$
declare
    line ops.ledger;
    before bytea;
begin
    for line in select * from ops.ledger where video_id = p_video_id order by line_id loop
        before := ops.chained(line, before);
        update ops.ledger set chain = before where line_id = line.line_id;
    end loop;
end
$$;
comment on function ops.seal_anew(text) is
    'Digests a video''s lines anew; only while trigger keep_line is off, in one transaction.';
"""
DROP = """
drop function ops.seal_anew(text);
drop table ops.seals;
drop function ops.forgotten_name(text);
drop table ops.forgotten;
"""


def upgrade() -> None:
    op.execute(CREATE)


def downgrade() -> None:
    op.execute(DROP)
