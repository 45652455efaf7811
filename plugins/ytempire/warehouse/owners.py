"""Logins of owners: each sees in the marts the rows of their own channels and customers alone.

Row-level security does it, in Postgres: `dbt/macros/own_rows.sql` puts a policy on every mart whose
rows are a channel's or a customer's, and no other mart is theirs to read.
"""

from __future__ import annotations

import secrets

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.errors import InvalidInput, NotConfigured
from ytempire.warehouse.roles import OWNERS, restrain

Db = psycopg.Connection[DictRow]
#: Seconds that one of their statements may take, and how many sessions a login may have.
SECONDS, SESSIONS = 20, 5
_SECRET_BYTES = 24


def admit(db: Db, owner: str) -> tuple[str, str]:
    """Give an owner a login; returns its name and password, which is told this once.

    The name says nothing: every login of Postgres can see the names of the others.

    Args:
        db: of a superuser, or of a role that may create roles.

    Raises:
        InvalidInput: nobody of this name has a channel or is a customer.
        NotConfigured: this role may not create one.
    """
    known = db.execute(
        """
        select from ops.channels where owner = %(owner)s
        union all select from raw.stripe_customers where owner = %(owner)s limit 1
        """,
        {"owner": owner},
    ).fetchone()
    if known is None:
        raise InvalidInput(
            f"There is no owner {owner!r}.",
            "Owners are those of `ytempire channel list`, and of customers' metadata in Stripe.",
        )
    login, password = f"owner_{secrets.token_hex(4)}", secrets.token_urlsafe(_SECRET_BYTES)
    name = sql.Identifier(login)
    try:
        db.execute(
            sql.SQL(
                "create role {} login inherit connection limit {} password {} in role {}"
            ).format(name, sql.Literal(SESSIONS), sql.Literal(password), sql.Identifier(OWNERS))
        )
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotConfigured(
            "This role may not create logins.",
            "Run it with the DSN of an administrator in YTEMPIRE_WAREHOUSE__URL.",
        ) from error
    restrain(db, name, SECONDS)
    database = sql.Identifier(db.info.dbname)
    db.execute(sql.SQL("grant connect on database {} to {}").format(database, name))
    db.execute("insert into ops.owner_logins (login, owner) values (%s, %s)", (login, owner))
    return login, password


def dismiss(db: Db, owner: str) -> int:
    """End all logins of an owner, and their sessions; returns how many there were."""
    logins = db.execute(
        "delete from ops.owner_logins where owner = %s returning login", (owner,)
    ).fetchall()
    for row in logins:
        name = sql.Identifier(row["login"])
        db.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = %s",
                   (row["login"],))  # fmt: skip
        db.execute(sql.SQL("drop owned by {}").format(name))
        db.execute(sql.SQL("drop role {}").format(name))
    return len(logins)


def admitted(db: Db) -> list[DictRow]:
    """The logins that there are: `login`, `owner`, `created_at`."""
    return db.execute("select * from ops.owner_logins order by owner, created_at").fetchall()
