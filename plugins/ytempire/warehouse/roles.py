"""What the read-only logins may see: the marts, and nothing that they are made of."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ytempire.errors import NotConfigured

#: Login -> seconds that one of its statements may take.
READERS = {"analyst": 60, "dashboard": 30}
#: What all logins of owners are members of: the marts' own rows (`warehouse.owners`).
OWNERS = "owner"
MODELLED = ("staging", "intermediate", "marts", "snapshots", "as_of")
#: What they may look into: the marts, and what those said before (`warehouse.history`).
SHOWN = ("marts", "snapshots", "as_of")
#: The operators' views, and the one login that sees them.
DESK, OPERATOR = "desk", "dashboard"
HIDDEN = ("ops", "raw", "staging", "intermediate")


def ensure(db: psycopg.Connection[DictRow]) -> None:
    """Give the readers the marts as they are and as dbt will rebuild them; the same again is fine.

    Run it as the owner after `migrate`, or as a superuser: only a superuser (or a role that may
    create roles) can also make a missing login, or hold readers to read-only transactions and a
    time limit.

    Raises:
        NotConfigured: a login is missing and this role may not create it.
    """
    me = db.execute(_ME).fetchone()
    assert me is not None
    may_rule = bool(me["may_rule"])
    builder = sql.Identifier(me["owner"] if me["is_superuser"] else me["name"])
    for schema in MODELLED:
        db.execute(
            sql.SQL("create schema if not exists {} authorization {}").format(
                sql.Identifier(schema), builder
            )
        )
    for reader, seconds in READERS.items():
        _ensure_login(db, reader, may_rule)
        _grant(db, sql.Identifier(reader), builder)
        if may_rule:
            restrain(db, sql.Identifier(reader), seconds)
    _show_desk(db)
    _ensure_login(db, OWNERS, may_rule, kind="nologin")
    db.execute(_USAGE.format(sql.Identifier(OWNERS)))
    db.execute(
        sql.SQL("grant execute on function ops.own_channels(), ops.own_customers() to {}").format(
            sql.Identifier(OWNERS)
        )
    )


_USAGE = sql.SQL(f"grant usage on schema {', '.join(SHOWN)} to {{}}")
_ME = """
select me.rolname as name, me.rolsuper as is_superuser,
       me.rolsuper or me.rolcreaterole as may_rule,
       pg_get_userbyid(base.datdba) as owner
from pg_roles as me, pg_database as base
where me.rolname = current_user and base.datname = current_database()
"""


def _ensure_login(
    db: psycopg.Connection[DictRow], reader: str, may_rule: bool, kind: str = "login"
) -> None:
    if db.execute("select 1 from pg_roles where rolname = %s", (reader,)).fetchone():
        return
    if not may_rule:
        raise NotConfigured(
            f"The warehouse has no login {reader!r}, and this role may not create one.",
            f"As an administrator: create role {reader} {kind};",
        )
    # Without a password nobody gets in until an administrator sets one.
    db.execute(sql.SQL(f"create role {{}} {kind}").format(sql.Identifier(reader)))


def _grant(
    db: psycopg.Connection[DictRow], reader: sql.Identifier, builder: sql.Identifier
) -> None:
    db.execute(_USAGE.format(reader))
    db.execute(sql.SQL("grant select on all tables in schema marts to {}").format(reader))
    # dbt replaces each table; its successor is readable at once.
    db.execute(
        sql.SQL(
            "alter default privileges for role {} in schema marts grant select on tables to {}"
        ).format(builder, reader)
    )
    for row in db.execute(
        "select nspname as name from pg_namespace where nspname = any(%s)", (list(HIDDEN),)
    ).fetchall():
        hidden = sql.Identifier(row["name"])
        db.execute(sql.SQL("revoke all on schema {} from {}").format(hidden, reader))
        db.execute(sql.SQL("revoke all on all tables in schema {} from {}").format(hidden, reader))


def _show_desk(db: psycopg.Connection[DictRow]) -> None:
    schema, reader = sql.Identifier(DESK), sql.Identifier(OPERATOR)
    for other in {*READERS} - {OPERATOR}:
        hidden = sql.Identifier(other)
        db.execute(sql.SQL("revoke all on schema {} from {}").format(schema, hidden))
        db.execute(sql.SQL("revoke all on all tables in schema {} from {}").format(schema, hidden))
    db.execute(sql.SQL("grant usage on schema {} to {}").format(schema, reader))
    db.execute(sql.SQL("grant select on all tables in schema {} to {}").format(schema, reader))


def restrain(db: psycopg.Connection[DictRow], reader: sql.Identifier, seconds: int) -> None:
    """Hold a login to reading, to statements of so many seconds, and to the marts by default."""
    for setting, value in (
        ("default_transaction_read_only", "on"),
        ("statement_timeout", f"{seconds}s"),
        ("idle_in_transaction_session_timeout", "300s"),
        ("search_path", "marts"),
    ):
        db.execute(
            sql.SQL("alter role {} set {} = {}").format(
                reader, sql.Identifier(setting), sql.Literal(value)
            )
        )
