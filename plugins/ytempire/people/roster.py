"""The people of the dashboards: their names, roles and passwords.

`admin` is not among them: it is the installation's own, with the password of the settings, so that
a person gets in while the database is down; for the same reason there is always one admin.
"""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from ytempire.domain import Frozen
from ytempire.errors import InvalidInput
from ytempire.people import passwords
from ytempire.people.passwords import Kept

Db = psycopg.Connection[dict[str, Any]]
#: The installation's own admin, of the settings.
BUILT_IN = "admin"
#: Names and e-mail addresses, in small letters; they are sent in headers.
NAME = re.compile(r"[a-z0-9][a-z0-9._+@-]{0,99}")


class Role(StrEnum):
    """What a person is to the dashboards; each may do what the ones before it may."""

    VIEWER = "viewer"
    USER = "user"
    ADMIN = "admin"


class Standing(Frozen):
    """What a name is good for now.

    Attributes:
        stamp: sessions that carry another one have ended.
        password: None: signs in through the organisation only.
    """

    role: Role
    stamp: str
    password: Kept | None = None


class Listed(Frozen):
    """A person, as others see them; `made_at` is UTC."""

    name: str
    role: Role
    has_password: bool
    made_at: datetime


def standing(db: Db, name: str, strangers: Role | None = None) -> Standing | None:
    """What a name is good for; None: it may not come in.

    Args:
        strangers: the role of an e-mail address that was never added. One that was removed stays
            out all the same.
    """
    row = db.execute(
        "select role, stamp, salt, digest, ended_at from ops.people where name = %s "
        "order by ended_at is null desc, person_id desc limit 1",
        (name,),
    ).fetchone()
    if row is None:
        return Standing(role=strangers, stamp="stranger") if strangers and "@" in name else None
    if row["ended_at"] is not None:
        return None
    password = Kept(salt=row["salt"], digest=row["digest"]) if row["digest"] else None
    return Standing(role=Role(row["role"]), stamp=row["stamp"], password=password)


def everyone(db: Db) -> list[Listed]:
    """Who may sign in, by name; `admin` of the settings apart."""
    rows = db.execute(
        "select name, role, digest is not null as has_password, made_at from ops.people "
        "where ended_at is null order by name"
    )
    return [Listed(**row) for row in rows]


def add(db: Db, name: str, role: Role, password: str | None) -> str:
    """Adds a person; returns the name as it is kept, in small letters.

    Args:
        password: None: they sign in through the organisation only.

    Raises:
        InvalidInput: the name cannot be one or is taken, or the password is too short.
    """
    name = _own(name)
    secret = passwords.kept(passwords.chosen(password)) if password is not None else None
    added = db.execute(
        "insert into ops.people (name, role, salt, digest) values (%s, %s, %s, %s) "
        "on conflict (name) where ended_at is null do nothing",
        (name, role, secret and secret.salt, secret and secret.digest),
    )
    if not added.rowcount:
        raise InvalidInput(f"There is a person {name!r} already.", "Change their role instead.")
    return name


def change_role(db: Db, name: str, role: Role) -> None:
    """Gives a person another role, from their next click on. Raises InvalidInput: not there."""
    _changed(db, name, "role = %s", role)


def change_password(db: Db, name: str, password: str) -> None:
    """Gives a person another password and ends their sessions.

    Raises:
        InvalidInput: nobody has this name, or the password is too short.
    """
    secret = passwords.kept(passwords.chosen(password))
    what = "salt = %s, digest = %s, stamp = gen_random_uuid()::text"
    _changed(db, name, what, secret.salt, secret.digest)


def remove(db: Db, name: str) -> None:
    """Ends a person's right to sign in, and their sessions. Raises InvalidInput: not there."""
    _changed(db, name, "ended_at = ops.now()")


def _changed(db: Db, name: str, what: str, *values: Any) -> None:
    name = _own(name)
    changed = db.execute(
        f"update ops.people set {what} where name = %s and ended_at is null",  # noqa: S608 (ours)
        (*values, name),
    )
    if not changed.rowcount:
        raise InvalidInput(f"There is no person {name!r}.", "`ytempire people list` shows them.")


def _own(name: str) -> str:
    name = name.strip().lower()
    if name == BUILT_IN:
        raise InvalidInput(
            f"`{BUILT_IN}` is this installation's own: one admin always remains.",
            "Its password is YTEMPIRE_SECRETS__DASHBOARD_PASSWORD; another one there ends its "
            "sessions when the dashboards start anew.",
        )
    if not NAME.fullmatch(name):
        raise InvalidInput(
            f"{name!r} cannot be a person's name.",
            "Give an e-mail address, or letters, digits and . _ + - (100 at most).",
        )
    return name
