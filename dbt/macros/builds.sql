{# Production goes on while dbt builds. `ops` is therefore read as it was when the build started:
   a line booked between two models would be in the one and not in the other, and a test would
   cry for nothing. (`raw` needs none of this: loads and builds take turns, by a lock.) #}

{% macro mark_build() -%}
    {% if flags.WHICH in ('build', 'run') %}
        create schema if not exists staging;
        create table if not exists staging.builds (
            only_row boolean primary key default true check (only_row),
            started_at timestamptz not null
        );
        insert into staging.builds (started_at) values (now())
        on conflict (only_row) do update set started_at = excluded.started_at;
    {% else %}
        select 1
    {% endif %}
{%- endmacro %}

{% macro build_started_at() -%}
    (select started_at from staging.builds)
{%- endmacro %}
