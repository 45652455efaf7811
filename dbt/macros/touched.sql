{# What an hourly build reads and tests anew: the days in `int_days_touched`, named one by one, so
   that Postgres opens no other partition. With --full-refresh, and in `dbt test`, all of them. #}

{% macro touched(day, days_touched=none) -%}
    {%- set days_touched = days_touched or ref('int_days_touched') -%}
    {%- if execute and is_hourly() -%}
        {%- set days = run_query('select day from ' ~ days_touched ~ ' order by day').columns[0].values() -%}
        {%- if days -%}
            {{ day }} in (
                {%- for each in days %}'{{ each }}'::date{{ ', ' if not loop.last }}{% endfor -%}
            )
        {%- else -%}
            false
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Whether a day is of a month with a touched day. #}
{% macro in_touched_months(day) -%}
    {%- set days_touched = ref('int_days_touched') -%}
    {{ within_months(
        "select distinct date_trunc('month', day)::date as month from " ~ days_touched ~ ' order by month',
        day, ''
    ) }}
{%- endmacro %}

{# Whether an instant is of a Pacific month whose costs are taken anew: `int_cost_months_touched`. #}
{% macro in_touched_cost_months(instant, months_touched=none) -%}
    {%- set months_touched = months_touched or ref('int_cost_months_touched') -%}
    {{ within_months(
        'select month from ' ~ months_touched ~ ' order by month',
        instant, " at time zone 'America/Los_Angeles'"
    ) }}
{%- endmacro %}

{# Whether a moment lies in one of the months that a query finds, which begin in `zone`; outside of
   an hourly build every moment does. #}
{% macro within_months(query, moment, zone) -%}
    {%- if execute and is_hourly() -%}
        {%- set months = run_query(query).columns[0].values() -%}
        {%- if months -%}
            (
                {%- for each in months -%}
                    {{ moment }} >= '{{ each }}'::timestamp{{ zone }}
                    and {{ moment }} < ('{{ each }}'::timestamp + interval '1 month'){{ zone }}{{ ' or ' if not loop.last }}
                {%- endfor -%}
            )
        {%- else -%}
            false
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Whether something landed about a video's retention since the last good build. #}
{% macro landed_videos(youtube_video_id) -%}
    {%- set videos = run_query(
        'select distinct youtube_video_id from ' ~ ref('stg_youtube__retention')
        ~ ' where landing > ' ~ built_landed() ~ ' and youtube_video_id is not null'
    ).columns[0].values() if execute else [] -%}
    {%- if videos -%}
        {{ youtube_video_id }} in (
            {%- for each in videos %}{{ dbt.string_literal(dbt.escape_single_quotes(each)) }}{{ ', ' if not loop.last }}{% endfor -%}
        )
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

{% macro is_hourly() -%}
    {{ return(flags.WHICH in ('build', 'run') and not flags.FULL_REFRESH) }}
{%- endmacro %}

{# incremental_strategy='whole_days': a touched day is replaced as a whole, so that a row which its
   source has withdrawn goes too. #}
{% macro get_incremental_whole_days_sql(arg_dict) -%}
    {{ replace_whole(arg_dict, touched('old.day')) }}
{%- endmacro %}

{# The same by month. #}
{% macro get_incremental_whole_months_sql(arg_dict) -%}
    {{ replace_whole(arg_dict, in_touched_months('old.month')) }}
{%- endmacro %}

{# The same by the month of a cost. #}
{% macro get_incremental_whole_cost_months_sql(arg_dict) -%}
    {{ replace_whole(arg_dict, in_touched_cost_months('old.booked_at')) }}
{%- endmacro %}

{# Where a model names its unique_key, rows that have not changed stay as they lie: most of a touched
   day are the same an hour later, and each row written anew leaves a dead one behind. #}
{% macro replace_whole(arg_dict, where) -%}
    {%- set target = arg_dict['target_relation'] -%}
    {%- set source = arg_dict['temp_relation'] -%}
    {%- set key = arg_dict['unique_key'] -%}
    {%- if key -%}
        {%- set same_key -%}
            {%- for name in key %}old.{{ name }} = new.{{ name }}{{ ' and ' if not loop.last }}{% endfor -%}
        {%- endset -%}
        {%- set columns = arg_dict['dest_columns'] | map(attribute='quoted') | list -%}
        {%- set others = columns | reject('in', key | map('tojson') | list) | list -%}
        {%- set old_others = 'old.' ~ others | join(', old.') -%}
        {%- set new_others = 'new.' ~ others | join(', new.') -%}
        analyze {{ source }};
        merge into {{ target }} as old
        using {{ source }} as new
        on {{ same_key }} and {{ where }}
        when matched and ({{ old_others }}) is distinct from ({{ new_others }}) then
            update set ({{ others | join(', ') }}) = row({{ new_others }})
        when not matched then
            insert ({{ columns | join(', ') }}) values (new.{{ columns | join(', new.') }});
        -- Each new row has its like by now: only where there are more is one to be looked for.
        delete from {{ target }} as old
        where
            (select count(*) from {{ target }} as old where {{ where }})
            > (select count(*) from {{ source }})
            and {{ where }}
            and not exists (select from {{ source }} as new where {{ same_key }});
    {%- else -%}
        delete from {{ target }} as old where {{ where }};
        {{ get_insert_into_sql(target, source, arg_dict['dest_columns']) }}
    {%- endif -%}
{%- endmacro %}

{# A test's `where: __touched_days__` is about the same days. (dbt reads no `ref` here: it is for
   models that come after `int_days_touched` anyway.) `__touched_cost_months__` likewise. #}
{% macro get_where_subquery(relation) -%}
    {%- set where = config.get('where') or '' -%}
    {%- if '__touched_days__' in where -%}
        {%- set where = where | replace(
            '__touched_days__',
            touched('day', target.database ~ '.intermediate.int_days_touched')
        ) -%}
    {%- endif -%}
    {%- if '__touched_cost_months__' in where -%}
        {%- set where = where | replace(
            '__touched_cost_months__',
            in_touched_cost_months(
                'booked_at', target.database ~ '.intermediate.int_cost_months_touched'
            )
        ) -%}
    {%- endif -%}
    {%- if where -%}
        (select * from {{ relation }} where {{ where }}) as dbt_subquery
    {%- else -%}
        {{ relation }}
    {%- endif -%}
{%- endmacro %}
