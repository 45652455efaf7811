"""Who may sign in, and what ends that."""

from __future__ import annotations

import pytest
from ytempire.errors import InvalidInput
from ytempire.people import passwords, roster
from ytempire.people.roster import Role, Standing
from ytempire.warehouse.database import connect

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("warehouse")]
PASSWORD = "correct horse battery"


def add(name: str, role: Role = Role.USER, password: str | None = PASSWORD) -> str:
    with connect() as db:
        return roster.add(db, name, role, password)


def standing(name: str, strangers: Role | None = None) -> Standing:
    found = standing_or_none(name, strangers)
    assert found
    return found


def standing_or_none(name: str, strangers: Role | None = None) -> Standing | None:
    with connect() as db:
        return roster.standing(db, name, strangers)


def test_a_person_is_known_by_their_password() -> None:
    add("ada")
    found = standing("ada")
    assert found.role == Role.USER
    assert found.password
    assert found.password.matches(PASSWORD)
    assert not found.password.matches(PASSWORD + " ")


def test_the_password_itself_is_nowhere() -> None:
    add("ada")
    with connect() as db:
        row = db.execute("select people::text as kept from ops.people").fetchone()
    assert row
    assert PASSWORD not in row["kept"]
    assert PASSWORD.encode().hex() not in row["kept"]


def test_nobody_is_good_for_nothing() -> None:
    assert standing_or_none("nobody") is None


def test_a_name_is_kept_in_small_letters() -> None:
    assert add(" Ada@Example.com ") == "ada@example.com"


@pytest.mark.parametrize("name", ["", "a b", "ada\n", "é", "-ada", "a" * 101, "<script>", "a\0"])
def test_what_is_no_name_is_refused(name: str) -> None:
    if name == "ada\n":
        assert add(name) == "ada"
        return
    with pytest.raises(InvalidInput, match="cannot be a person's name"):
        add(name)


def test_a_name_is_given_once() -> None:
    add("ada")
    with pytest.raises(InvalidInput, match="already"):
        add("ADA")


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(InvalidInput, match="12 to 1000"):
        add("ada", password=password)


def test_another_role_leaves_the_sessions() -> None:
    add("ada")
    before = standing("ada")
    with connect() as db:
        roster.change_role(db, "ada", Role.VIEWER)
    assert standing("ada").role == Role.VIEWER
    assert standing("ada").stamp == before.stamp


def test_another_password_ends_them() -> None:
    add("ada")
    before = standing("ada")
    with connect() as db:
        roster.change_password(db, "ada", PASSWORD + "!")
    after = standing("ada")
    assert after.stamp != before.stamp
    assert after.password
    assert not after.password.matches(PASSWORD)


def test_removal_ends_everything_also_for_one_who_comes_back() -> None:
    add("ada@example.com")
    before = standing("ada@example.com")
    with connect() as db:
        roster.remove(db, "ada@example.com")
    assert standing_or_none("ada@example.com") is None
    # Removed is not unknown: no stranger's role for them.
    assert standing_or_none("ada@example.com", Role.VIEWER) is None
    add("ada@example.com", Role.VIEWER)
    assert standing("ada@example.com").stamp != before.stamp


def test_a_stranger_gets_a_role_only_by_an_address() -> None:
    assert standing("eve@example.com", Role.VIEWER).role == Role.VIEWER
    assert standing_or_none("eve", Role.VIEWER) is None


def test_one_admin_always_remains() -> None:
    with connect() as db:
        for change in (
            lambda: roster.remove(db, "admin"),
            lambda: roster.change_role(db, "admin", Role.VIEWER),
            lambda: roster.add(db, "Admin", Role.VIEWER, PASSWORD),
        ):
            with pytest.raises(InvalidInput, match="one admin always remains"):
                change()


def test_who_is_not_there_cannot_be_changed() -> None:
    with connect() as db, pytest.raises(InvalidInput, match="no person"):
        roster.remove(db, "nobody")


def test_a_generated_password_is_long_and_new() -> None:
    made = {passwords.generated() for _ in range(20)}
    assert len(made) == 20
    assert all(len(password) >= 20 for password in made)
