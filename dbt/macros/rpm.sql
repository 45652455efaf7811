{# Revenue per 1000 views; null without views. #}
{% macro rpm(revenue, views) -%}
    round({{ revenue }} * 1000 / nullif({{ views }}, 0), 6)
{%- endmacro %}
