{# Production goes on while dbt builds. `ops` is therefore read as it was when the build started:
   a line booked between two models would be in the one and not in the other, and a test would
   cry for nothing. (`raw` needs none of this: loads and builds take turns, by a lock.)

   `landed` is the last row that this build can see; `built_landed` that of the last whole build in
   which nothing failed (ytempire/warehouse/transform.py sets it): what came after it is news.
   `built_project` are the models of that build: others, after an upgrade, build in full. #}

{% macro mark_build() -%}
    {% if flags.WHICH in ('build', 'run') %}
        create schema if not exists staging;
        create table if not exists staging.builds (
            only_row boolean primary key default true check (only_row),
            started_at timestamptz not null
        );
        alter table staging.builds
            add column if not exists landed bigint,
            add column if not exists rewrites bigint,
            add column if not exists built_landed bigint,
            add column if not exists built_rewrites bigint,
            add column if not exists built_at timestamptz,
            add column if not exists built_project text;
        insert into staging.builds (started_at, landed, rewrites)
        select
            now(),
            (select last_value from raw.landings),
            (select coalesce(max(rewrite_id), 0) from ops.rewrites)
        on conflict (only_row) do update set
            started_at = excluded.started_at,
            landed = excluded.landed,
            rewrites = excluded.rewrites;
    {% else %}
        select 1
    {% endif %}
{%- endmacro %}

{# Models are swapped one by one; readers keep their answers until this says that all are through.
   dbt runs it too where some have failed. #}
{% macro mark_end() -%}
    {% if flags.WHICH in ('build', 'run') %}
        insert into ops.builds (ended_at) values (now())
        on conflict (only_row) do update set ended_at = excluded.ended_at
    {% else %}
        select 1
    {% endif %}
{%- endmacro %}

{% macro build_started_at() -%}
    (select started_at from staging.builds)
{%- endmacro %}

{% macro built_landed() -%}
    (select coalesce(built_landed, 0) from staging.builds)
{%- endmacro %}

{# What is written in `ops` after this may be news to a build: an hour more than since the last good
   one began, for what was written then and not yet committed. #}
{% macro ops_news_since() -%}
    (select coalesce(built_at - interval '1 hour', '-infinity') from staging.builds)
{%- endmacro %}

{# What the next model reads is counted first: of a table that it knows nothing about, Postgres
   expects a row or two, and joins a million by a loop. What an hour adds to a table of years changes
   little of that; Postgres counts anew by itself when a tenth is another. #}
{% macro known_to_planner() -%}
    {%- if model.config.materialized != 'view' and not is_incremental() -%}
        analyze {{ this }}
    {%- endif -%}
{%- endmacro %}
