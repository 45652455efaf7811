"""A customer is forgotten: no row names or describes them any more, and every total stays.

Their subscriptions, invoices and payments keep amounts and times under names that only tell that
they belong together, since the months' MRR, movements and cohorts are made of them. Country, owner,
events and what was rejected go. What Stripe tells of them later lands under the same names.
"""

from __future__ import annotations

from typing import Any

from psycopg import sql

from ytempire.analytics import stripe_landing
from ytempire.analytics.stripe_forgotten import IDS, PART, name_of
from ytempire.errors import InvalidInput
from ytempire.warehouse.forgetting import Changes, Db, Forgetting, transaction

#: Whose channels are the house's own: it names no customer.
HOUSE = "house"


def forget_customer(customer_id: str, *, for_good: bool) -> Forgetting:
    """Forget a customer; the marts follow with the next build, which is a full one.

    Args:
        customer_id: Stripe's.
        for_good: else nothing is changed, and what would be is told.

    Raises:
        InvalidInput: their owner still has a login.
    """
    name = name_of(customer_id)
    with transaction(for_good=for_good) as db:
        stripe_landing.lock(db)
        things = _things(db, customer_id)
        if not things or customer_id.startswith("forgotten-"):
            return Forgetting(name=None, changed={})
        owners = _owners(db, customer_id)
        changes = Changes(db)
        values = {"things": sorted(things), "owners": owners, "name": name, "customer": customer_id}
        for table, statement in _REMOVED.items():
            changes.make(table, statement, values)
        changes.rename_in_reservations("customer", owners, name)
        changes.make("raw.stripe_customers", _DESCRIBED, values)
        for table, columns in IDS.items():
            changes.make(f"raw.{table}", _renamed(table, columns), values)
        for table in ("dim_customers", "dim_channels"):
            found = db.execute("select to_regclass(%s) as it", (f"snapshots.{table}",)).fetchone()
            if found and found["it"]:
                changes.make(f"snapshots.{table}", _SNAPSHOTS[table], values)
        changes.note(name, "customer")
        db.execute(
            "insert into ops.forgotten (name, what) "
            "select ops.forgotten_name(thing), %s from unnest(%s::text[]) as thing "
            "on conflict (name) do nothing",
            (PART, sorted(things)),
        )
    return Forgetting(name=name, changed=changes.counts, aliases=tuple(set(owners) - {"house"}))


def _things(db: Db, customer_id: str) -> set[str]:
    """Ids of the customer and of all that is theirs; nothing: no such customer is here."""
    things = {customer_id}
    found = False
    for table, columns in IDS.items():
        rows = db.execute(
            sql.SQL("select distinct {columns} from {table} where {concerned}").format(
                columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
                table=sql.Identifier("raw", table),
                concerned=_concerned(columns),
            ),
            {"things": sorted(things)},
        ).fetchall()
        found |= bool(rows)
        things |= {each for row in rows for each in row.values() if each}
    return things if found else set()


def _owners(db: Db, customer_id: str) -> list[str]:
    """Short names of whose channels are theirs; one that another customer has too is not theirs."""
    rows = db.execute(
        """
        select distinct owner from raw.stripe_customers as mine
        where customer_id = %s and owner is not null and owner <> %s and not exists (
            select from raw.stripe_customers as other
            where other.owner = mine.owner and other.customer_id <> mine.customer_id)
        """,
        (customer_id, HOUSE),
    ).fetchall()
    owners = [row["owner"] for row in rows]
    login = db.execute(
        "select owner from ops.owner_logins where owner = any(%s)", (owners,)
    ).fetchone()
    if login:
        raise InvalidInput(
            f"{login['owner']} still has a login.",
            f"End it first: ytempire owner remove {login['owner']}",
        )
    return owners


def _concerned(columns: tuple[str, ...]) -> Any:
    return sql.SQL(" or ").join(
        sql.SQL("{} = any(%(things)s)").format(sql.Identifier(column)) for column in columns
    )


def _renamed(table: str, columns: tuple[str, ...]) -> Any:
    return sql.SQL("update {table} set {renamed} where {concerned}").format(
        table=sql.Identifier("raw", table),
        renamed=sql.SQL(", ").join(
            sql.SQL("{0} = ops.forgotten_name({0})").format(sql.Identifier(column))
            for column in columns
        ),
        concerned=_concerned(columns),
    )


#: Table -> what is done to its rows before names change.
_REMOVED = {
    "raw.rejects": """
        delete from raw.rejects
        where body ->> 'owner' = any(%(owners)s) or body -> 'metadata' ->> 'owner' = any(%(owners)s)
           or exists (select from unnest(%(things)s::text[]) as thing
                      where strpos(body::text || reason, thing) > 0)
    """,
    # The sign-up tells which source the customer came from: of the cohorts.
    "raw.product_events": """
        update raw.product_events set owner = %(name)s, campaign_id = null,
            event_id = ops.forgotten_name(event_id)
        where owner = any(%(owners)s)
    """,
    "raw.files": """
        update raw.files set name = 'forgotten'
        where exists (select from unnest(%(owners)s::text[]) as owner
                      where name ~* ('\\m' || regexp_replace(owner, '\\W', '.', 'g') || '\\M'))
    """,
    "ops.channels": "update ops.channels set owner = %(name)s where owner = any(%(owners)s)",
    # After it: that a channel went to another name is kept there too.
    "ops.channel_owners": """
        update ops.channel_owners set owner = %(name)s where owner = any(%(owners)s)
    """,
    "ops.alerts": """
        delete from ops.alerts
        where exists (select from unnest(%(owners)s::text[]) as owner
                      where strpos(cause || '/', '/customer/' || owner || '/') > 0
                         or strpos(title || body, 'customer ' || owner) > 0)
           or exists (select from unnest(%(things)s::text[]) as thing
                      where strpos(cause || title || body, thing) > 0)
    """,
}
_DESCRIBED = """
    update raw.stripe_customers set country = null,
        created_at = date_trunc('month', created_at, 'UTC'),
        owner = case when owner = any(%(owners)s) then %(name)s else owner end
    where customer_id = %(customer)s
"""
_SNAPSHOTS = {
    "dim_customers": """
        update snapshots.dim_customers set customer_id = %(name)s, country = null,
            campaign_id = null, created_at = date_trunc('month', created_at, 'UTC'),
            owner = case when owner = any(%(owners)s) then %(name)s else owner end
        where customer_id = %(customer)s
    """,
    "dim_channels": """
        update snapshots.dim_channels set owner = %(name)s where owner = any(%(owners)s)
    """,
}
