"""People: who may sign in and as what, and what the audit log says they did."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from ytempire.errors import YTEmpireError
from ytempire.people import audit, passwords, roster
from ytempire.people.audit import Chain, Entry
from ytempire.people.roster import BUILT_IN, Db, Listed, Role
from ytempire.warehouse.database import connect

from dashboards import controls, export, formats, parts
from dashboards.data import Row
from dashboards.parts import Column, Markup, text
from dashboards.people import act, may

#: Rows of the log that the page shows; `ytempire audit --rows` shows any number.
SHOWN = 100
#: Seconds for which the chain is taken for what it was found to be: it is digested whole.
CHAIN_SECONDS = 60
ALL = "all"
#: What is said of each form that was sent: a headline and, once, a password.
TOLD, NOTHING = "people-told", "Nothing was changed"
#: What the form that adds a person is told apart by, as it is drawn now.
FORM = "people-form"
ROLES = (
    "A viewer sees all figures; a user also runs the queue and answers reviews; an admin also "
    "connects channels, and has this page"
)
STATES = {"done": "", "failed": "bad", "refused": "late", "tried": "late"}

PEOPLE = (
    Column("Name", lambda row: row["name"]),
    Column("Role", lambda row: row["role"]),
    Column("Signs in by", lambda row: row["signs_in_by"]),
    Column("Since", lambda row: row["since"] or formats.ABSENT, is_minor=True),
)
LOG = (
    Column("When (UTC)", lambda row: _when(row)),
    Column("Who", lambda row: row["actor"]),
    Column("What", lambda row: _what(row)),
    Column("Outcome", lambda row: _outcome(row)),
    Column("Details", lambda row: row["details"], is_minor=True),
)


@parts.page("People")
def show() -> None:
    """The page."""
    if not may("people.manage"):
        parts.heading("People")
        parts.notice("People are an admin's", "An admin can give you another role.")
        return
    parts.heading("People", "Who may sign in, as what, and what each did")
    _say_what_was_done()
    with connect() as db:
        known = roster.everyone(db)
    _show_people(known)
    left, right = st.columns(2)
    with left, st.container(key="card-add"):
        _add()
    with right, st.container(key="card-change"):
        _change(known)
    if may("audit.read"):
        _show_log()
    parts.footer()


def _show_people(known: Sequence[Listed]) -> None:
    rows = [{"name": BUILT_IN, "role": "admin", "signs_in_by": "this installation", "since": ""}]
    rows += [
        {
            "name": each.name,
            "role": str(each.role),
            "signs_in_by": "password" if each.has_password else "organisation",
            "since": f"{each.made_at:%Y-%m-%d}",
        }
        for each in known
    ]
    with st.container(key="card-people"):
        export.card_head("Who may sign in", ROLES, "people", rows)
        parts.table("Who may sign in", PEOPLE, rows)


def _add() -> None:
    parts.heading("Add a person", "A password is made and shown once", level=2)
    form = str(st.session_state.setdefault(FORM, secrets.token_hex(3)))
    with st.form("add", border=False):
        st.text_input("Name or e-mail address", max_chars=100, key=f"add-name-{form}")
        st.selectbox("Role", list(Role), key="add-role")
        st.checkbox("Signs in through the organisation only", key="add-organisation")
        st.form_submit_button("Add", key=f"add-{form}", on_click=_add_now, args=(form,))


def _add_now(form: str) -> None:
    """A hand that clicks twice sends one form twice: that it was done is what is said of it."""
    name, role = st.session_state[f"add-name-{form}"], st.session_state["add-role"]
    by_organisation = st.session_state["add-organisation"]

    def deed(db: Db) -> str | None:
        password = None if by_organisation else passwords.generated()
        roster.add(db, name, role, password)
        return password

    _do(form, f"{name} was added as {role}", name, deed, change="add", role=str(role))
    if _said().get(form, ("",))[0] != NOTHING:
        st.session_state[FORM] = secrets.token_hex(3)  # the next one is another, and empty


def _change(known: Sequence[Listed]) -> None:
    parts.heading("Change a person", "A new password or a removal ends their sessions", level=2)
    if not known:
        parts.show('<p class="yt-note">Nobody has been added yet.</p>')
        return
    with st.form("change", border=False):
        name = st.selectbox("Person", [each.name for each in known])
        change = st.selectbox("Change", list(CHANGES))
        is_sent = st.form_submit_button("Change")
    if is_sent:
        told = f"{name}: {change.lower()}, done"
        _do("change", told, name, lambda db: CHANGES[change](db, name), change=change.lower())
        st.rerun()


def _renewed(db: Db, name: str) -> str:
    password = passwords.generated()
    roster.change_password(db, name, password)
    return password


CHANGES: dict[str, Callable[[Db, str], str | None]] = {
    "Make viewer": lambda db, name: roster.change_role(db, name, Role.VIEWER),
    "Make user": lambda db, name: roster.change_role(db, name, Role.USER),
    "Make admin": lambda db, name: roster.change_role(db, name, Role.ADMIN),
    "New password": _renewed,
    "Remove": roster.remove,
}


def _do(form: str, told: str, name: str, deed: Callable[[Db], str | None], **details: Any) -> None:
    """Does it in the admin's name, and has the page say so."""
    # A second click stops this run where it next touches the session's state: what was done, and
    # the password that was made, would never be shown.
    said = _said()
    try:
        with act("people.manage", name.strip().lower(), **details), connect() as db:
            password = deed(db)
    except YTEmpireError as error:
        said.setdefault(form, (NOTHING, f"{error.message} {error.remedy}"))
    else:
        once = f"Password, shown this once: `{password}`" if password else "It holds from now on."
        said[form] = (told, once)


def _said() -> dict[str, tuple[str, str]]:
    """What came of what was done by each form, until it is shown."""
    said: dict[str, tuple[str, str]] = st.session_state.setdefault(TOLD, {})
    return said


def _say_what_was_done() -> None:
    said = _said()
    while said:
        parts.notice(*said.pop(next(iter(said))))


def _show_log() -> None:
    with connect() as db:
        actors, actions = audit.named(db)
    with st.container(key="card-log"):
        head = st.container()
        with st.container(horizontal=True):
            actor = controls.choose_from_list("Who", _choices("Everybody", actors), "who")
            action = controls.choose_from_list("What", _choices("Everything", actions), "what")
        chosen = {
            name: "" if each == ALL else each
            for name, each in (("actor", actor), ("action", action))
        }

        def read(limit: int) -> list[Row]:
            with connect() as db:
                there = {"all_rows": audit.count(db, **chosen)}
                return [_row(each) | there for each in audit.latest(db, limit=limit, **chosen)]

        rows = read(SHOWN)
        with head:
            export.card_head("Audit log", _chain_in_words(_chain()), "audit-log", rows, read)
        parts.table("Audit log, newest first", LOG, rows)
        export.note_of_more(rows)


def _choices(everything: str, names: Sequence[str]) -> dict[str, str]:
    return {ALL: everything, **{name: name for name in names}}


@st.cache_data(ttl=CHAIN_SECONDS, show_spinner=False)
def _chain() -> Chain:
    with connect() as db:
        return audit.verify(db)


def _chain_in_words(chain: Chain) -> str:
    if chain.misfit is None:
        return "Rows are chained, none edited or missing; the newest first"
    return f"NOT WHOLE: the chain breaks at row {chain.misfit}, which was edited or is missing"


def _row(entry: Entry) -> dict[str, Any]:
    told = ", ".join(f"{name} {value}" for name, value in sorted(entry.details.items()))
    return {
        "audit_id": entry.audit_id,
        "at": f"{entry.at:%Y-%m-%d %H:%M:%S}",
        "actor": entry.actor,
        "action": entry.action,
        "target": entry.target,
        "outcome": entry.outcome,
        "details": told,
    }


def _when(row: Row) -> Markup:
    day, time = row["at"].split(" ")
    return Markup(f"{text(day)}<small>{text(time)}</small>")


def _what(row: Row) -> Markup:
    return Markup(f"{text(row['action'])}<small>{text(row['target'])}</small>")


def _outcome(row: Row) -> Markup:
    css = f"yt-state {STATES[row['outcome']]}".strip()
    return Markup(f'<span class="{css}">{text(row["outcome"])}</span>')
