{# Stripe tells amounts in the currency's smallest unit, which is a hundredth of most and all of
   some (docs.stripe.com/currencies). #}
{% macro major(minor, currency) -%}
    {{ minor }} / case
        when upper({{ currency }}) in (
            'BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'UGX', 'VND',
            'VUV', 'XAF', 'XOF', 'XPF'
        ) then 1.0
        when upper({{ currency }}) in ('BHD', 'JOD', 'KWD', 'OMR', 'TND') then 1000.0
        else 100.0
    end
{%- endmacro %}

{# The latest version of each thing that a staging model holds. #}
{% macro latest(model, key) -%}
    select distinct on ({{ key }}) *
    from {{ ref(model) }}
    order by {{ key }} asc, fetched_at desc, run_id desc
{%- endmacro %}

{# How often a quantity pays the unit amount of its price: by packs, where it is sold by packs. #}
{% macro packs_of(quantity, price) -%}
    case {{ price }}.pack_rounding
        when 'up' then ceil({{ quantity }} / {{ price }}.pack_size)
        when 'down' then floor({{ quantity }} / {{ price }}.pack_size)
        else {{ quantity }}
    end
{%- endmacro %}

{# Months of a billing interval: 52 weeks and 365 days a year. #}
{% macro months_of(interval_name, interval_count) -%}
    {{ interval_count }} * case {{ interval_name }}
        when 'year' then 12.0
        when 'month' then 1.0
        when 'week' then 12.0 / 52
        when 'day' then 12.0 / 365
    end
{%- endmacro %}

{# The month of an instant in UTC: Stripe's, and so that of all that customers pay. #}
{% macro utc_month(instant) -%}
    date_trunc('month', {{ instant }} at time zone 'UTC')::date
{%- endmacro %}

{# The day of an instant in UTC. #}
{% macro utc_day(instant) -%}
    ({{ instant }} at time zone 'UTC')::date
{%- endmacro %}
