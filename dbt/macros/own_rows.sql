{# Who reads which rows of a mart. Analysts and dashboards read all; an owner's login reads the rows
   of their own channels and customers, and of a mart that has neither column nothing at all.
   Logins are made by `ytempire owner add`. #}
{% macro own_rows() -%}
    {%- set columns = adapter.get_columns_in_relation(this) | map(attribute='name') | list -%}
    {%- set key = 'channel_id' if 'channel_id' in columns else 'customer_id' -%}
    alter table {{ this }} enable row level security;
    drop policy if exists readers on {{ this }};
    create policy readers on {{ this }} for select to analyst, dashboard using (true);
    {% if key in columns -%}
        drop policy if exists owners on {{ this }};
        create policy owners on {{ this }} for select to owner
        using ({{ key }} in (select ops.own_{{ key | replace('_id', 's') }}()));
        grant select on {{ this }} to owner;
    {%- endif %}
{%- endmacro %}
