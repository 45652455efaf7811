with channels as (
    select
        channel_id,
        owner,
        'infinity'::timestamptz as ends_at
    from {{ ref('stg_ops__channels') }}
    union all
    select
        channel_id,
        owner,
        ends_at
    from {{ ref('stg_ops__channel_owners') }}
),

owned as (
    select
        channel_id,
        owner,
        lag(ends_at, 1, '-infinity') over (partition by channel_id order by ends_at) as starts_at,
        ends_at
    from channels
),

-- A customer is known from when Stripe had them, their owner from when a version says so.
versions as (
    select
        customer_id,
        owner,
        is_deleted,
        first_value(created_at) over history as created_at,
        case
            when row_number() over history = 1 then least(created_at, fetched_at)
            else fetched_at
        end as starts_at,
        lead(fetched_at, 1, 'infinity') over history as ends_at
    from {{ ref('stg_stripe__customers') }}
    window history as (partition by customer_id order by fetched_at, run_id)
),

-- The first customer of an owner has had their channels from the beginning.
tied as (
    select
        owner,
        customer_id,
        created_at,
        case
            when
                row_number() over (
                    partition by owner
                    order by starts_at, created_at, customer_id
                ) = 1
                then '-infinity'
            else starts_at
        end as starts_at,
        ends_at
    from versions
    where owner is not null and not is_deleted
),

moments as (
    select
        owner,
        moment as starts_at,
        lead(moment) over (partition by owner order by moment) as ends_at
    from (
        select
            owner,
            starts_at as moment
        from tied
        union
        select
            owner,
            ends_at as moment
        from tied
    ) as changes
),

-- Of several customers with one owner the first has the owner's channels, as long as they stay.
tenures as (
    select distinct on (moments.owner, moments.starts_at)
        moments.owner,
        moments.starts_at,
        moments.ends_at,
        tied.customer_id
    from moments
    inner join tied
        on
            moments.owner = tied.owner
            and moments.starts_at >= tied.starts_at
            and moments.ends_at <= tied.ends_at
    order by
        moments.owner asc,
        moments.starts_at asc,
        tied.created_at asc,
        tied.customer_id asc
),

held as (
    select
        owned.channel_id,
        tenures.customer_id,
        {{ pacific_day('greatest(owned.starts_at, tenures.starts_at)') }} as first_day,
        {{ pacific_day('least(owned.ends_at, tenures.ends_at)') }} as next_day
    from owned
    inner join tenures
        on
            owned.owner = tenures.owner
            and owned.starts_at < tenures.ends_at
            and owned.ends_at > tenures.starts_at
)

select * from held
where first_day < next_day
