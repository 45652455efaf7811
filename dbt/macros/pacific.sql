{# YouTube's days are Pacific calendar days, of 23 and 25 hours when clocks change. #}

{% macro pacific_day(instant) -%}
    ({{ instant }} at time zone 'America/Los_Angeles')::date
{%- endmacro %}

{% macro pacific_day_starts_at(day) -%}
    ({{ day }}::timestamp at time zone 'America/Los_Angeles')
{%- endmacro %}

{% macro pacific_day_ends_at(day) -%}
    (({{ day }} + 1)::timestamp at time zone 'America/Los_Angeles')
{%- endmacro %}

{% macro pacific_month(instant) -%}
    date_trunc('month', {{ instant }} at time zone 'America/Los_Angeles')::date
{%- endmacro %}

{# Whether an answer given at `as_of` about `day` is settled. #}
{% macro is_settled(day, as_of) -%}
    {{ as_of }} >= {{ pacific_day_ends_at(day) }} + interval '{{ var("settling_hours") }} hours'
{%- endmacro %}
