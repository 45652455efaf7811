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

{# Whether a day counts: settled, and its money is there too, which comes later than its views. A
   channel that earns is waited for; after `money_hours` no money is coming any more. #}
{% macro is_final(day, as_of, revenue, earning_since) -%}
    ({{ is_settled(day, as_of) }}
    and (
        {{ revenue }} is not null
        or {{ earning_since }} is null
        or {{ day }} < {{ earning_since }}
        or {{ as_of }} >= {{ pacific_day_ends_at(day) }}
        + interval '{{ var("money_hours") }} hours'
    ))
{%- endmacro %}

{# When YouTube was last asked about a channel's day: by its latest pull the newest days, by its
   latest long look the last 45. (`greatest` passes over nulls, `least` must not.) #}
{% macro channel_day_asked_at(day, fetched_at, pulled_at, looked_at) -%}
    greatest(
        {{ fetched_at }},
        case
            when {{ day }} >= {{ pacific_day(pulled_at) }} - {{ var("hourly_days") }}
                then {{ pulled_at }}
        end,
        {{ last_look(day, looked_at) }}
    )
{%- endmacro %}

{# The last look at the last 45 days that still held a day. #}
{% macro last_look(day, looked_at) -%}
    case
        when {{ looked_at }} is not null
            then least(
                {{ looked_at }},
                {{ pacific_day_starts_at("(" ~ day ~ " + " ~ var("daily_days") ~ ")") }}
            )
    end
{%- endmacro %}
