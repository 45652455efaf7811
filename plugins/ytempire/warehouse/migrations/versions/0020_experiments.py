"""Experiments: frozen plans, which video is in which variant, and what came of each."""

from alembic import op

revision = "0020"
down_revision = "0019"

TABLES = """
create table ops.experiments (
    experiment_id  text primary key,
    kind           text not null check (kind in ('setting', 'imported')),
    channel_id     text references ops.channels,
    hypothesis     text not null check (hypothesis <> ''),
    setting        text not null,
    outcome        text not null check (outcome in ('views_7d', 'loaded_cost', 'watch_time_share')),
    units          integer check (units > 0),
    looks          integer check (looks between 1 and 5),
    alpha          numeric(5, 4) check (alpha > 0 and alpha < 0.5),
    planned_by     text not null,
    planned_at     timestamptz not null default ops.now(),
    state          text not null default 'planned'
        check (state in ('planned', 'running', 'ended', 'stopped')),
    started_by     text,
    started_at     timestamptz,
    ended_by       text,
    ended_at       timestamptz,
    decision       text check (decision in ('running', 'winner', 'no difference', 'broken',
                                            'stopped')),
    winner         text,
    reason         text not null default '',
    look           integer not null default 0,
    srm_p          double precision,
    judged_at      timestamptz,
    check (kind = 'imported' or (units, looks, alpha) is not null)
);
create index on ops.experiments (state);
comment on table ops.experiments is
    'One row per experiment. What was planned is fixed from its start; it can only be stopped.';
comment on column ops.experiments.channel_id is 'The channel it runs on; null: every one.';
comment on column ops.experiments.units is 'Videos planned, of all variants together.';
comment on column ops.experiments.looks is 'How often its effects are looked at, evenly spaced.';
comment on column ops.experiments.look is 'The last of these looks that was reached; 0: none.';
comment on column ops.experiments.srm_p is
    'How likely the variants'' counts are by chance; below 0.001 something loses videos.';

create table ops.experiment_variants (
    experiment_id  text not null references ops.experiments on delete cascade,
    variant        text not null,
    place          integer not null check (place >= 0),
    share          numeric(6, 5) not null check (share > 0 and share < 1),
    value          jsonb,
    units          integer not null default 0,
    measured       integer not null default 0,
    estimate       numeric(20, 6),
    ci_low         numeric(20, 6),
    ci_high        numeric(20, 6),
    primary key (experiment_id, variant),
    unique (experiment_id, place)
);
comment on table ops.experiment_variants is
    'One row per variant; the first, place 0, is the control. Figures are those of the last look.';
comment on column ops.experiment_variants.value is
    'What the setting is for its videos; null: as each channel''s profile has it.';
comment on column ops.experiment_variants.estimate is
    'Against the control: a share (0.4: two fifths more), or USD a video where cost is compared.';

create table ops.experiment_units (
    experiment_id  text not null,
    video_id       text not null references ops.videos,
    variant        text not null,
    assigned_at    timestamptz not null default ops.now(),
    primary key (experiment_id, video_id),
    foreign key (experiment_id, variant) references ops.experiment_variants
);
create index on ops.experiment_units (video_id);
comment on table ops.experiment_units is
    'One row per experiment and video in it, written when the video was begun.';

create view ops.experiment_units_kept as
select unit.experiment_id, unit.video_id, unit.variant, unit.assigned_at, video.channel_id,
       video.format, video.is_simulated
from ops.experiment_units as unit
join ops.videos as video using (video_id)
where video.state not in ('failed', 'rejected', 'removed');
comment on view ops.experiment_units_kept is
    'The videos of experiments but for those that came to nothing.';
"""
FROZEN = """
create function ops.keep_plan() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' then
        if old.state = 'planned' or (
            old.experiment_id, old.kind, old.channel_id, old.hypothesis, old.setting, old.outcome,
            old.units, old.looks, old.alpha, old.planned_by, old.planned_at, old.started_at
        ) is not distinct from (
            new.experiment_id, new.kind, new.channel_id, new.hypothesis, new.setting, new.outcome,
            new.units, new.looks, new.alpha, new.planned_by, new.planned_at, new.started_at
        ) and (old.state = new.state or old.state = 'running') then
            return new;
        end if;
    elsif old.state = 'planned' or old.kind = 'imported' then
        return old;
    end if;
    raise exception 'Experiment % has begun: it is not edited, only stopped.', old.experiment_id;
end
$$;
create trigger keep_plan before update or delete on ops.experiments
    for each row execute function ops.keep_plan();

create function ops.keep_variant() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and (old.experiment_id, old.variant, old.place, old.share, old.value)
        is not distinct from (new.experiment_id, new.variant, new.place, new.share, new.value) then
        return new;
    end if;
    if exists (select from ops.experiments as plan
               where plan.experiment_id = coalesce(new.experiment_id, old.experiment_id)
                 and plan.kind = 'setting' and plan.state <> 'planned') then
        raise exception 'Experiment % has begun: its variants stay.',
            coalesce(new.experiment_id, old.experiment_id);
    end if;
    return coalesce(new, old);
end
$$;
create trigger keep_variant before insert or update or delete on ops.experiment_variants
    for each row execute function ops.keep_variant();

create function ops.keep_unit() returns trigger language plpgsql as $$
begin
    if (old.experiment_id, old.variant, old.assigned_at) is distinct from
       (new.experiment_id, new.variant, new.assigned_at) then
        raise exception 'A video stays in the variant that it was made in.';
    end if;
    return new;
end
$$;
create trigger keep_unit before update on ops.experiment_units
    for each row execute function ops.keep_unit();
"""
DESK = """
create view desk.experiments as
select
    plan.experiment_id, plan.kind, plan.hypothesis, plan.setting, plan.outcome, plan.channel_id,
    channel.title as channel, plan.units, plan.looks, plan.look, plan.alpha, plan.state,
    coalesce(plan.decision, plan.state) as decision, plan.winner, plan.reason, plan.srm_p,
    plan.planned_by, plan.planned_at, plan.started_at, plan.ended_by, plan.ended_at,
    plan.judged_at, told.variants, coalesce(taken.units, 0) as taken,
    coalesce(taken.is_simulated, channel.is_simulated, false) as is_simulated
from ops.experiments as plan
left join ops.channels as channel using (channel_id)
cross join lateral (
    select string_agg(
        variant || ': ' || coalesce(value #>> '{}', 'as the profile has it'), '; ' order by place
    ) as variants
    from ops.experiment_variants as variant where variant.experiment_id = plan.experiment_id
) as told
left join lateral (
    select count(*) as units, bool_or(is_simulated) as is_simulated
    from ops.experiment_units_kept as unit where unit.experiment_id = plan.experiment_id
) as taken on true;
comment on view desk.experiments is
    'One row per experiment: its plan, how many videos it has taken, what was decided.';
"""
DROP = """
drop view desk.experiments;
drop view ops.experiment_units_kept;
drop table ops.experiment_units, ops.experiment_variants, ops.experiments;
drop function ops.keep_plan(), ops.keep_variant(), ops.keep_unit();
"""


def upgrade() -> None:
    op.execute(TABLES)
    op.execute(FROZEN)
    op.execute(DESK)


def downgrade() -> None:
    op.execute(DROP)
